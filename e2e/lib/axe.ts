// One state of a page, judged by axe in light and dark, on a desk and on a phone.
import { AxeBuilder } from '@axe-core/playwright';
import axe, { type Result } from 'axe-core';
import { expect } from 'bun:test';
import type { Page } from 'playwright-core';

import { visit, type Visitor, type VisitOptions } from './browser.ts';
import type { Site } from './site.ts';

/** Brings a fresh page of the English site into the state that is judged. */
export type Reach = (page: Page) => Promise<unknown>;

/** Dark, on the desk, needs no page of its own: only the colours differ, and they change where they stand. */
const LOOKS: VisitOptions[] = [{}, { phone: true }];

interface AxeWindow {
  axe: typeof axe;
}

/** What looks at colours. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** No violation, no fault of the browser, nothing wider than the page, in any of the looks; by new visitors. */
export async function judge(site: Site, reach: Reach): Promise<void> {
  await using judges = await openJudges(site);
  await judges.judge(reach);
}

export interface Judges extends AsyncDisposable {
  judge(reach: Reach): Promise<void>;
}

/** A visitor on a desk and one on a phone who stay from state to state, signed in: for pages that keep nothing else. */
export async function openJudges(site: Site): Promise<Judges> {
  const visitors = await Promise.all(LOOKS.map((look) => visit(site.browser, site.url, look)));
  return {
    judge: async (reach) => {
      await Promise.all(visitors.map((visitor, i) => judgeLook(visitor, LOOKS[i]!, reach)));
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(visitors.map((visitor) => visitor[Symbol.asyncDispose]()));
    },
  };
}

async function judgeLook({ page, faults }: Visitor, look: VisitOptions, reach: Reach): Promise<void> {
  faults.length = 0;
  await reach(page);
  await stillness(page);
  const found = await violations(page);
  const inDark = look.phone ? [] : await violationsInDark(page);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect({ look, found, inDark, faults, overflow }).toEqual({ look, found: [], inDark: [], faults: [], overflow: 0 });
}

async function violationsInDark(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html[data-theme=dark]').waitFor();
  await stillness(page);
  const found = await violations(page, COLOUR_RULES);
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}

/** What moves is half transparent for a moment. */
async function stillness(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(({ effect, playState }) => playState !== 'running' || effect?.getTiming().iterations === Infinity),
  );
}

async function violations(page: Page, rules?: string[]): Promise<string[]> {
  const found = page.frames().length > 1 ? await acrossFrames(page, rules) : await here(page, rules);
  return found.flatMap(({ id, nodes }) =>
    // A list or menu that pops up stands at the end of the document, outside every landmark, by its nature.
    nodes
      .filter(({ target }) => id !== 'region' || !String(target).includes('popper'))
      .map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary ?? ''}`),
  );
}

async function acrossFrames(page: Page, rules?: string[]): Promise<Result[]> {
  const builder = new AxeBuilder({ page });
  return (await (rules ? builder.withRules(rules) : builder).analyze()).violations;
}

/** The same without frames, in a third of the time: axe is read once a page, and only what is wrong is sent back. */
async function here(page: Page, rules?: string[]): Promise<Result[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate(
    (runOnly) => (window as unknown as AxeWindow).axe.run({ resultTypes: ['violations'], ...(runOnly && { runOnly }) }),
    rules,
  );
  return found;
}
