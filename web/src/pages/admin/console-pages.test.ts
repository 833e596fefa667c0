import { expect, test } from 'vitest';

import { router } from '@/router.ts';

import { groupsFor, mayOpen, startOf } from './console-pages.ts';

const shown = (role: Parameters<typeof groupsFor>[0]) =>
  groupsFor(role).flatMap(({ entries }) => entries.map(({ to }) => to));
const CONSOLE = router
  .getRoutes()
  .map(({ path }) => path.replace(/(.)\/$/, '$1'))
  .filter((path) => path.startsWith('/admin') && path !== '/admin/login');

test('a teacher finds four pages, and begins with the classes; a pupil and a pass find none', () => {
  expect(shown('teacher')).toEqual([
    '/admin/classes',
    '/admin/class-passes',
    '/admin/class-codes',
    '/admin/class-usage',
  ]);
  expect([startOf('teacher'), startOf('admin'), startOf('student'), startOf(null)]).toEqual([
    '/admin/classes',
    '/admin',
    undefined,
    undefined,
  ]);
  expect([...shown('student'), ...shown('user'), ...shown(null)]).toEqual([]);
});

test('every page of the console is in the table, and opens for an administrator; for a teacher only what is shown', () => {
  expect(CONSOLE.length).toBeGreaterThan(15);
  for (const path of new Set(CONSOLE)) {
    expect([path, mayOpen('admin', path)]).toEqual([path, true]);
    expect([path, mayOpen('teacher', path)]).toEqual([path, shown('teacher').includes(path)]);
    expect([path, mayOpen('student', path), mayOpen(null, path)]).toEqual([path, false, false]);
  }
  expect(mayOpen('teacher', '/admin/classes/')).toBe(true);
  expect(mayOpen('admin', '/admin/nothing')).toBe(false);
});
