// Every state of the pages for everybody, judged by axe in light and dark, on a desk and on a phone; and what axe cannot
// see. The console's are in accessible-console.test.ts.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';

import { freePort } from '../../server/testing/server-process.ts';
import { judge } from '../lib/axe.ts';
import { visit } from '../lib/browser.ts';
import { answered, ask, chooseModel } from '../lib/chat.ts';
import { signInToConsole } from '../lib/console.ts';
import { openSite, type Site } from '../lib/site.ts';

const RICH = `A **rich** answer with \`code\`, [a link](https://example.org/) and ![a picture](https://example.org/p.png).

# Heading

1. one
2. two

| a | b |
| --- | ---: |
| 1 | 2 |

> A quotation with $E = mc^2$.

$$x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}$$

\`\`\`python
def area(r: float) -> float:
    """A comment in a string."""
    return 3.14 * r ** 2  # a comment
\`\`\`
`;

let site: Site;
beforeAll(async () => {
  site = await openSite();
  await site.addModel('rich', {
    words: RICH.match(/[\s\S]{1,40}/g)!,
    reasoning: ['First I think', ' about it.'],
  });
  await site.addModel('cut', { words: ['half'], end: 'cut' });
  await site.addModel('draws', { words: ['```mermaid\nflowchart LR\n  A --> B\n```\n'] });
  await site.addModel('slow', { headDelayMs: 60_000 });
  const dead = { name: 'dead', base_url: `http://127.0.0.1:${freePort()}/v1`, api_key: 'sk-x', model_id: 'dead' };
  await site.admin('POST', '/api/admin/channels', dead);
});
afterAll(() => site[Symbol.asyncDispose]());

const signIn = (page: Page) => signInToConsole(site, page);

/** Brings a fresh page of the English site into the state that is judged. */
const STATES: Record<string, (page: Page) => Promise<unknown>> = {
  'the empty chat': (page) => page.getByRole('region', { name: 'Ideas to begin with' }).waitFor(),
  'a whole answer with its thinking': async (page) => {
    await chooseModel(page, 'rich');
    await ask(page, 'Hello');
    await answered(page);
    await page.getByRole('button', { name: /^Thought/ }).click();
    await page.locator('.katex').first().waitFor();
    await page.locator('.hl-keyword').first().waitFor();
  },
  'quick prompts': async (page) => {
    await page.getByRole('textbox', { name: 'Your question' }).fill('/');
    await page.getByRole('listbox', { name: 'Quick prompts' }).waitFor();
  },
  'the help sheet': async (page) => {
    await page.getByRole('button', { name: /^Model: / }).waitFor();
    await page.keyboard.press('Control+/');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  },
  'a drawn diagram, a question in other words, and a file': async (page) => {
    await chooseModel(page, 'draws');
    await ask(page, 'Hello');
    await answered(page);
    await page.getByRole('button', { name: 'Draw the diagram' }).click();
    await page.frameLocator('iframe').locator('svg').waitFor();
    await page.getByRole('article').first().hover();
    await page.getByRole('button', { name: 'Ask in other words' }).click();
    const essay = { name: 'essay.txt', mimeType: 'text/plain', buffer: Buffer.from('words') };
    await page.locator('input[type=file]').setInputFiles(essay);
    await page.getByRole('button', { name: 'Remove essay.txt' }).waitFor();
  },
  'my account': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/account`);
    await page.getByRole('button', { name: 'Invite a teacher' }).click();
    await page.getByRole('button', { name: 'Copy the link' }).waitFor();
  },
  'deleting an account': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/account`);
    await page.getByRole('button', { name: 'Delete my account' }).click();
    await page.getByRole('alertdialog').waitFor();
  },
  'an answer that is awaited': async (page) => {
    await chooseModel(page, 'slow');
    await ask(page, 'Hello');
    await page.getByRole('button', { name: 'Stop the answer' }).waitFor();
  },
  'a cut answer': async (page) => {
    await chooseModel(page, 'cut');
    await ask(page, 'Hello');
    await page.getByRole('alertdialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await answered(page);
  },
  'the dialog of an unreachable model': async (page) => {
    await chooseModel(page, 'dead');
    await ask(page, 'Hello');
    await page.getByRole('alertdialog').waitFor();
  },
  'the list of models': async (page) => {
    await page.getByRole('button', { name: /^Model: / }).click();
    await page.getByRole('listbox').waitFor();
  },
  'the menu': async (page) => {
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('menu').waitFor();
  },
  'the sign-in': (page) => page.goto(`${site.url}/login`),
  'the registration with errors': async (page) => {
    await page.goto(`${site.url}/register`);
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByText('Please enter the password.').waitFor();
  },
  'the set-up': async (page) => {
    await page.goto(`${site.url}/setup#token`);
    await page.getByRole('heading', { name: 'Set up Hallpass' }).waitFor();
  },
};

describe('without a fault in light, in dark and on a phone:', () => {
  test.each(Object.entries(STATES))('%s', async (_, reach) => {
    await judge(site, reach);
  });
});

describe('what axe cannot see', () => {
  test('the growing answer is in no live region', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await chooseModel(page, 'rich');
    await ask(page, 'Hello');
    await answered(page);
    const live = await page
      .locator('.md')
      .evaluate((el) => el.closest('[aria-live]:not([aria-live=off]), [role=log], [role=status], [role=alert]'));
    expect(live).toBeNull();
  });

  test('everything to touch on a phone is at least 44 px, or grows to it', async () => {
    await using visitor = await visit(site.browser, site.url, { phone: true });
    const { page } = visitor;
    await chooseModel(page, 'rich');
    await ask(page, 'Hello');
    await answered(page);
    const small = await page
      .locator('button:visible, header a:visible, header [aria-haspopup]:visible')
      .evaluateAll((all) =>
        all
          .map((el) => {
            const own = el.getBoundingClientRect();
            const grown = getComputedStyle(el, '::after');
            const size = (side: 'width' | 'height') =>
              Math.max(own[side], grown.content === 'none' ? 0 : Number.parseFloat(grown[side]) || 0);
            return {
              name: el.getAttribute('aria-label') ?? el.textContent,
              width: size('width'),
              height: size('height'),
            };
          })
          .filter(({ width, height }) => width < 44 || height < 44),
      );
    expect(small).toEqual([]);
  });

  test('a dialog holds the focus and gives it back', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await chooseModel(page, 'dead');
    await ask(page, 'Hello');
    await page.getByRole('alertdialog').waitFor();
    for (let i = 0; i < 5; i++) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.closest('[role=alertdialog]') !== null)).toBe(true);
    }
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
  });

  test('whoever wants less motion gets none', async () => {
    await using visitor = await visit(site.browser, site.url);
    const { page } = visitor;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await chooseModel(page, 'slow');
    await ask(page, 'Hello');
    await page.getByText('Waiting for the answer…').first().waitFor();
    await page.waitForTimeout(100);
    const moving = await page.evaluate(
      () => document.getAnimations().filter(({ playState }) => playState === 'running').length,
    );
    expect(moving).toBe(0);
  });
});
