import { mount } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, test } from 'vitest';

import type { ShownPass } from './pass.ts';
import PassTable from './PassTable.vue';

const ming: ShownPass = {
  id: 'pass_1',
  name: 'Ming',
  key_name: 'sk-hp-…ab',
  spent: 0.25,
  budget: 1,
  blocked: false,
  expires_at: null,
};
const nobody: ShownPass = { ...ming, id: 'pass_2', name: null, budget: null, blocked: true };

/** Who listens for what, and what of it was said. */
function mounted(listeners: readonly string[], props: object = {}) {
  const said: [string, ...unknown[]][] = [];
  const listening = Object.fromEntries(
    listeners.map((name) => [name, (...told: unknown[]) => said.push([name, ...told])]),
  );
  const table = mount(PassTable, { props: { passes: [ming, nobody], ...props, ...listening } });
  const buttons = (row = 0) => table.findAll('tbody tr')[row]!.findAll('td:last-child button');
  return { table, said, buttons, names: (row?: number) => buttons(row).map((one) => one.attributes('aria-label')) };
}

beforeEach(() => setActivePinia(createPinia()));

test('what may be done with a pass is what the page listens for, and nothing else', async () => {
  const teacher = mounted(['onToggle', 'onExtend', 'onRotate']);
  expect(teacher.names()).toEqual(['Extend “Ming”', 'New key for “Ming”']);
  const admin = mounted(['onToggle', 'onEdit', 'onRotate', 'onRemove']);
  expect(admin.names()).toEqual(['Edit “Ming”', 'New key for “Ming”', 'Delete “Ming”']);
  for (const button of admin.buttons()) await button.trigger('click');
  expect(admin.said).toEqual([
    ['onEdit', ming],
    ['onRotate', ming],
    ['onRemove', ming],
  ]);
  expect(mounted([]).names()).toEqual([]);
});

test('where passes are only looked at, nothing can be pressed', async () => {
  const { table, said } = mounted(['onToggle', 'onExtend', 'onRotate'], { fixed: true });
  const all = table.findAll('tbody button');
  expect(all).toHaveLength(6);
  for (const button of all) {
    expect(button.attributes('disabled')).toBeDefined();
    await button.trigger('click');
  }
  expect(said).toEqual([]);
});

test('a pass without a name goes by its key, and its switch says what pressing it does', async () => {
  const { table, said, names } = mounted(['onToggle', 'onRotate']);
  expect(names(1)).toEqual(['New key for “sk-hp-…ab”']);
  const [on, off] = table.findAll('[role="switch"]');
  expect([on!.attributes('aria-label'), off!.attributes('aria-label')]).toEqual([
    'Block “Ming”',
    'Let “sk-hp-…ab” in again',
  ]);
  await on!.trigger('click');
  await off!.trigger('click');
  expect(said).toEqual([
    ['onToggle', ming, false],
    ['onToggle', nobody, true],
  ]);
});

test('what is spent is told of the budget, where there is one', () => {
  const { table } = mounted([]);
  const [first, second] = table.findAll('tbody tr').map((row) => row.get('.num').text());
  expect([first, second]).toEqual(['Spent$0.25 of $1.00', 'Spent$0.25']);
});

test('what the administration blocked, a teacher cannot switch on, and reads why; an administrator can', () => {
  const kept: ShownPass = { ...ming, id: 'pass_3', blocked: true, blocked_by: 'administration' };
  const own: ShownPass = { ...ming, id: 'pass_4', blocked: true, blocked_by: 'teacher' };
  const switches = (forTeacher: boolean) =>
    mounted(['onToggle'], { passes: [kept, own], forTeacher }).table.findAll('[role=switch]');
  expect(switches(true).map((one) => one.attributes('disabled') !== undefined)).toEqual([true, false]);
  expect(switches(false).map((one) => one.attributes('disabled') !== undefined)).toEqual([false, false]);
  expect(switches(true)[0]!.attributes('aria-describedby')).toBe('kept-pass_3');
});
