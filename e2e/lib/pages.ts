// Every page of the console, and something for each of them to show.
import type { Page } from 'playwright-core';

import { jsonInit } from '../../server/testing/server-process.ts';
import { signInToConsole } from './console.ts';
import type { Site } from './site.ts';
import { addTeacher, signInAsTeacher, type TeacherAccount } from './teacher.ts';

/** Behind `/admin`. */
export const CONSOLE_PAGES = [
  '',
  '/channels',
  '/models',
  '/passes',
  '/classes',
  '/codes',
  '/plans',
  '/users',
  '/stats',
  '/costs',
  '/logs',
  '/audit',
  '/blocked',
  '/health',
  '/settings',
];

const LONG_NAME = '阿里云百炼华东一区用来看会不会换行的很长很长的名字'.repeat(3);

/** Behind `/admin`, for a teacher. */
const TEACHER_PAGES = ['/classes', '/class-passes', '/class-codes', '/class-usage'];

export type ConsoleRole = 'admin' | 'teacher';

/** Who opens which page. The teacher first: an administrator who presses everything disables the teacher's account too. */
export const CONSOLE_VISITS: readonly (readonly [path: string, role: ConsoleRole])[] = [
  ...TEACHER_PAGES.map((path) => [path, 'teacher'] as const),
  ...CONSOLE_PAGES.map((path) => [path, 'admin'] as const),
];

/** Signs in as who opens the page. @param teacher who has a class to show: `fillConsole` makes one. */
export function signInAs(site: Site, page: Page, role: ConsoleRole, teacher: TeacherAccount): Promise<void> {
  return role === 'admin' ? signInToConsole(site, page) : signInAsTeacher(site, page, teacher);
}

/** @returns a teacher with a class. */
export async function fillConsole(site: Site): Promise<TeacherAccount> {
  const channel = await site.addModel('m', {});
  await site.addModel('spare', {});
  // No page may grow wider than a phone because of a name.
  await site.addModel('Qwen3-Next-80B-A3B-Instruct-with-all-that-belongs-to-its-name', {}, { name: LONG_NAME });
  await site.admin('POST', `/api/admin/channels/${channel}/test`);
  const plan = await site.admin('POST', '/api/admin/plans', { name: 'Morning', pass_days: 90 });
  await site.admin('POST', '/api/admin/plans', { name: LONG_NAME });
  await site.admin('POST', '/api/admin/classrooms', { name: LONG_NAME });
  const { id } = await site.admin('POST', '/api/admin/classrooms', { name: '7b', budget: 5 });
  await site.admin('POST', '/key/generate', { key_alias: 'Ming', team_id: id });
  await site.admin('POST', '/api/admin/activation-codes', { count: 2, classroom_id: id });
  await site.admin('POST', '/api/admin/blocked-ips', { ip_address: '203.0.113.0/24', reason: 'scraping' });
  return fillClass(site, String(plan.id));
}

/** A teacher with a class of three, one of whom has asked something, two codes, and a closed class. */
export async function fillClass(site: Site, planId: string): Promise<TeacherAccount> {
  const teacher = await addTeacher(site);
  const made = await teacher.ask('POST', '/api/classrooms', { name: '8a', plan_id: planId });
  const path = `/api/classrooms/${String(made.id)}`;
  const names = ['Ming', 'Hong', 'Lan'];
  const { data } = (await teacher.ask('POST', `${path}/passes`, { names })) as unknown as { data: { key: string }[] };
  await teacher.ask('POST', `${path}/codes`, { count: 2 });
  const question = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
  await (
    await fetch(`${site.url}/v1/chat/completions`, { ...jsonInit(question, data[0]!.key), method: 'POST' })
  ).text();
  const old = await teacher.ask('POST', '/api/classrooms', { name: '9c', plan_id: planId });
  await teacher.ask('PUT', `/api/classrooms/${String(old.id)}`, { closed: true });
  return teacher;
}
