// Every state of every page, judged by axe in light and dark, on a desk and on a phone; and what axe cannot see.
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Page } from 'playwright-core';

import { ADMIN_PASSWORD, freePort } from '../../server/testing/server-process.ts';
import { visit, type VisitOptions } from '../lib/browser.ts';
import { answered, ask, chooseModel } from '../lib/chat.ts';
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
let passKey: string;
beforeAll(async () => {
  site = await openSite();
  const richId = await site.addModel('rich', {
    words: RICH.match(/[\s\S]{1,40}/g)!,
    reasoning: ['First I think', ' about it.'],
  });
  await site.addModel('cut', { words: ['half'], end: 'cut' });
  await site.addModel('draws', { words: ['```mermaid\nflowchart LR\n  A --> B\n```\n'] });
  await site.addModel('slow', { headDelayMs: 60_000 });
  const dead = { name: 'dead', base_url: `http://127.0.0.1:${freePort()}/v1`, api_key: 'sk-x', model_id: 'dead' };
  await site.admin('POST', '/api/admin/channels', dead);
  await site.admin('POST', '/api/admin/blocked-ips', { ip_address: '203.0.113.0/24', reason: 'scraping' });
  passKey = String((await site.admin('POST', '/key/generate', { key_alias: 'Ming', max_budget: 1 })).key);
  // So that the call log has a row, whichever state is judged first.
  await site.admin('POST', `/api/admin/channels/${richId}/test`);
});
afterAll(() => site[Symbol.asyncDispose]());

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap(({ id, nodes }) =>
    // A list or menu that pops up stands at the end of the document, outside every landmark, by its nature.
    nodes
      .filter(({ target }) => id !== 'region' || !String(target).includes('popper'))
      .map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary ?? ''}`),
  );
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${site.url}/admin`);
  await page.locator('input').first().fill('admin');
  await page.locator('input').nth(1).fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await page.locator('dl').waitFor();
}

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
  'the console’s overview': signIn,
  'the console’s channels': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/channels`);
    await page.getByRole('table').waitFor();
  },
  'the channel’s form': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/channels`);
    await page.getByRole('button', { name: 'Add a channel' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Please give the channel a name.').waitFor();
  },
  'the test of a channel': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/channels`);
    await page.getByRole('button', { name: 'Test “channel of rich”' }).click();
    await page.getByText(/^Answered in /).waitFor();
  },
  'the test of a channel that does not answer': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/channels`);
    await page.getByRole('button', { name: 'Test “dead”' }).click();
    await page.getByText(/^No right answer after /).waitFor();
  },
  'the question before a deletion': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/channels`);
    await page.getByRole('button', { name: 'Delete “dead”' }).click();
    await page.getByRole('alertdialog').waitFor();
  },
  'the call log': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/logs`);
    await page.getByRole('table').waitFor();
    await page.getByRole('button', { name: 'More filters' }).click();
  },
  'a call in detail': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/logs`);
    await page.locator('tbody button').first().click();
    await page.getByText(/^Requests to model services/).waitFor();
  },
  'the blocked addresses': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/blocked`);
    await page.getByRole('table').waitFor();
  },
  'the form of a block': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/blocked`);
    await page.getByRole('button', { name: 'Block an address' }).click();
    await page.getByRole('button', { name: 'Block', exact: true }).click();
    await page.getByText('Please enter an address or a network.').waitFor();
  },
  'the visits of a blocked address': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/blocked`);
    await page.getByRole('button', { name: /^Refused visits from/ }).click();
    await page.getByText('Nobody has tried.').waitFor();
  },
  'the passes and the form for more': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/passes`);
    await page.getByRole('table').waitFor();
    await page.getByRole('button', { name: 'Make passes' }).click();
    await page.getByRole('button', { name: 'Make the pass' }).click();
    await page.getByText('Please enter at least one name.').waitFor();
  },
  'passes just made': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/passes`);
    await page.getByRole('button', { name: 'Make passes' }).click();
    await page.getByLabel('Names').fill(`student ${Date.now()}\nMing`);
    await page.getByRole('button', { name: 'Make 2 passes' }).click();
    await page.getByText(/^Not made: 1/).waitFor();
  },
  'behind a pass’s QR code': async (page) => {
    await page.goto(`${site.url}/setup.html#${passKey}`);
    await page.getByRole('button', { name: 'Enter the chat' }).waitFor();
  },
  'a pass to be typed': async (page) => {
    await page.goto(`${site.url}/setup.html#sk-nobody`);
    await page.getByRole('alert').waitFor();
  },
  'the plans': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/plans`);
    await page.getByRole('table').waitFor();
  },
  'the form of a plan': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/plans`);
    await page.getByRole('button', { name: 'Make a plan' }).click();
    await page.getByRole('button', { name: 'Add hours' }).click();
    await page.getByLabel('To', { exact: true }).fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Each window needs a day, and two different times.').waitFor();
  },
  'the users': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/users`);
    await page.getByRole('table').waitFor();
  },
  'a link for a new password': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/users`);
    await page
      .getByRole('button', { name: /^New password for/ })
      .first()
      .click();
    await page.getByRole('dialog').locator('code').waitFor();
  },
  'the page that sets a new password': async (page) => {
    await page.goto(`${site.url}/reset#token`);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.locator('[aria-invalid=true]').first().waitFor();
  },
  'the statistics': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/stats`);
    await page.locator('canvas').nth(1).waitFor();
  },
  'the tables behind the statistics': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/stats`);
    await page.getByRole('button', { name: 'Table' }).first().click();
    await page.getByRole('button', { name: 'Table' }).last().click();
    await page.getByRole('columnheader', { name: 'Day' }).waitFor();
  },
  'the audit log': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/audit`);
    await page.getByRole('table').waitFor();
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText(/^The record is whole/).waitFor();
  },
  'a call log in which nothing was found': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/logs?user=nobody`);
    await page.getByText('No call fits these filters.').waitFor();
  },
  'the console’s settings': async (page) => {
    await signIn(page);
    await page.goto(`${site.url}/admin/settings`);
    await page.getByLabel('Guests: questions a minute').waitFor();
  },
};

const LOOKS: VisitOptions[] = [{ theme: 'light' }, { theme: 'dark' }, { theme: 'light', phone: true }];

async function judge(look: VisitOptions, reach: (page: Page) => Promise<unknown>): Promise<void> {
  await using visitor = await visit(site.browser, site.url, look);
  const { page } = visitor;
  await reach(page);
  // What moves is half transparent for a moment.
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(({ effect, playState }) => playState !== 'running' || effect?.getTiming().iterations === Infinity),
  );
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect({ look, found: await violations(page), faults: visitor.faults, overflow }).toEqual({
    look,
    found: [],
    faults: [],
    overflow: 0,
  });
}

describe('without a fault in light, in dark and on a phone:', () => {
  test.each(Object.entries(STATES))('%s', async (_, reach) => {
    await Promise.all(LOOKS.map((look) => judge(look, reach)));
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
