// Every page of the console, and something for each of them to show.
import type { Site } from './site.ts';

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

export async function fillConsole(site: Site): Promise<void> {
  const channel = await site.addModel('m', {});
  await site.addModel('spare', {});
  // No page may grow wider than a phone because of a name.
  await site.addModel('Qwen3-Next-80B-A3B-Instruct-with-all-that-belongs-to-its-name', {}, { name: LONG_NAME });
  await site.admin('POST', `/api/admin/channels/${channel}/test`);
  await site.admin('POST', '/api/admin/plans', { name: 'Morning' });
  await site.admin('POST', '/api/admin/plans', { name: LONG_NAME });
  await site.admin('POST', '/api/admin/classrooms', { name: LONG_NAME });
  const { id } = await site.admin('POST', '/api/admin/classrooms', { name: '7b', budget: 5 });
  await site.admin('POST', '/key/generate', { key_alias: 'Ming', team_id: id });
  await site.admin('POST', '/api/admin/activation-codes', { count: 2, classroom_id: id });
  await site.admin('POST', '/api/admin/blocked-ips', { ip_address: '203.0.113.0/24', reason: 'scraping' });
}
