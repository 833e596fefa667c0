// One state of a page, judged by axe in light and dark, on a desk and on a phone.
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from 'bun:test';
import type { Page } from 'playwright-core';

import { visit, type VisitOptions } from './browser.ts';
import type { Site } from './site.ts';

/** Brings a fresh page of the English site into the state that is judged. */
export type Reach = (page: Page) => Promise<unknown>;

/** No violation, no fault of the browser, nothing wider than the page, in any of the looks. */
export async function judge(site: Site, reach: Reach): Promise<void> {
  await Promise.all(LOOKS.map((look) => judgeLook(site, look, reach)));
}

const LOOKS: VisitOptions[] = [{ theme: 'light' }, { theme: 'dark' }, { theme: 'light', phone: true }];

async function judgeLook(site: Site, look: VisitOptions, reach: Reach): Promise<void> {
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

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap(({ id, nodes }) =>
    // A list or menu that pops up stands at the end of the document, outside every landmark, by its nature.
    nodes
      .filter(({ target }) => id !== 'region' || !String(target).includes('popper'))
      .map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary ?? ''}`),
  );
}
