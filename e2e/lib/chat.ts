// What a person does on the chat page, in words of the English page.
import type { Locator, Page } from 'playwright-core';

export function composer(page: Page): Locator {
  return page.getByRole('textbox', { name: 'Your question' });
}

/** Types a question and presses Enter. */
export async function ask(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

/** The newest answer. */
export function lastAnswer(page: Page): Locator {
  return page.getByRole('article').last();
}

/** Waits until the newest answer has ended, however it did. */
export async function answered(page: Page): Promise<void> {
  await page.locator('article[aria-busy="false"]').last().waitFor();
  await page.getByRole('button', { name: 'Answer again' }).waitFor();
}

/** Opens the list of models and takes one. */
export async function chooseModel(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^Model: / }).click();
  await page.getByRole('option', { name }).click();
  await page.getByRole('button', { name: `Model: ${name}` }).waitFor();
}
