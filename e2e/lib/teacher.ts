// A teacher of the site: joined by an invite link, and signed in the way a teacher does.
import type { Page } from 'playwright-core';

import { jsonInit } from '../../server/testing/server-process.ts';
import type { Site } from './site.ts';

export interface TeacherAccount {
  email: string;
  password: string;
  /** For what a test prepares; the browser signs in by itself. */
  ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<Record<string, unknown>>;
}

export async function addTeacher(site: Site, email = 'li@school.test'): Promise<TeacherAccount> {
  const password = 'correct horse battery';
  const { path: link } = await site.admin('POST', '/api/admin/invites', { role: 'teacher' });
  const post = async (path: string, body: object) => {
    const response = await fetch(site.url + path, { ...jsonInit(body), method: 'POST' });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  await post('/api/auth/register', { email, password, invite: String(link).split('#invite=')[1] });
  const token = String((await post('/api/auth/login', { email, password })).access_token);
  return {
    email,
    password,
    async ask(method, path, body) {
      const init = body === undefined ? { headers: { authorization: `Bearer ${token}` } } : jsonInit(body, token);
      const response = await fetch(site.url + path, { ...init, method });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as Record<string, unknown>;
    },
  };
}

/** Ends on the teacher's classes. */
export async function signInAsTeacher({ url }: Site, page: Page, { email, password }: TeacherAccount): Promise<void> {
  await page.goto(`${url}/login`);
  await page.locator('input').first().fill(email);
  await page.locator('input').nth(1).fill(password);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${url}/admin/classes`);
  await page.locator('main h1').waitFor();
}
