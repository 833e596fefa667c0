// Signing in at the console.
import type { Page } from 'playwright-core';

import { ADMIN_PASSWORD } from '../../server/testing/server-process.ts';
import type { Site } from './site.ts';

/** Ends on the overview, as the administrator; who is signed in already only goes there. */
export async function signInToConsole({ url }: Pick<Site, 'url'>, page: Page): Promise<void> {
  await page.goto(`${url}/admin`);
  await page.locator('dl, input').first().waitFor();
  if ((await page.locator('dl').count()) > 0) return;
  await page.locator('input').first().fill('admin');
  await page.locator('input').nth(1).fill(ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await page.locator('dl').waitFor();
}
