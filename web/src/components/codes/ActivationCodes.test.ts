import type { CodeStatus } from '@hallpass/shared/lists.ts';
import { flushPromises, mount } from '@vue/test-utils';
import { afterEach, expect, test } from 'vitest';

import type { CodeView } from '@/api/classrooms.ts';

import ActivationCodes from './ActivationCodes.vue';
import type { CodeSource } from './code-source.ts';

afterEach(() => (document.body.innerHTML = ''));

const code = (public_part: string, status: CodeStatus = 'open'): CodeView => ({
  id: `code_${public_part}`,
  public_part,
  status,
  classroom_id: 'class_a',
  classroom_name: '8a',
  plan_id: null,
  plan_name: null,
  created_at: '2026-11-29T08:00:00.000Z',
  expires_at: null,
  redeemed_at: null,
  redeemed_pass_id: null,
});

/** Two pages of one code each, and what was asked of it. */
function sourceOf(name: string, last: CodeView = code(`${name}2`)) {
  const asked: object[] = [];
  const source: CodeSource = {
    classroom: name,
    list: async (_, { status, cursor }) => {
      asked.push({ status, cursor });
      return cursor === undefined
        ? { data: [code(`${name}1`)], next_cursor: 'second' }
        : { data: [last], next_cursor: null };
    },
    make: (_, body) => {
      asked.push(body);
      return new Promise(() => {});
    },
    revoke: async (_, id) => void asked.push({ revoked: id }),
  };
  return { asked, source };
}

async function opened(props: { source: CodeSource | undefined; fixed?: boolean }) {
  const call = <T>(work: (token: string) => Promise<T>) => work('token');
  const page = mount(ActivationCodes, { props: { call, ...props }, attachTo: document.body });
  await flushPromises();
  const press = async (text: string) => {
    await page
      .findAll('button')
      .find((one) => one.text() === text)!
      .trigger('click');
    await flushPromises();
  };
  return { page, press, codes: () => page.findAll('tbody td:first-child').map((cell) => cell.text()) };
}

test('older codes are added to those shown; a kind of them is looked up from the first', async () => {
  const { source, asked } = sourceOf('A');
  const { page, press, codes } = await opened({ source });
  await press('Show older ones');
  expect(codes()).toEqual(['A1…', 'A2…']);
  await page.get('select').setValue('redeemed');
  await flushPromises();
  expect([codes(), asked.at(-1)]).toEqual([['A1…'], { status: 'redeemed', cursor: undefined }]);
});

test('another class shows its own codes, from the first', async () => {
  const { source } = sourceOf('A');
  const { page, press, codes } = await opened({ source });
  await press('Show older ones');
  const other = sourceOf('B');
  await page.setProps({ source: other.source });
  expect(codes()).toEqual([]);
  await flushPromises();
  expect([codes(), other.asked]).toEqual([['B1…'], [{ status: '', cursor: undefined }]]);
});

test('only a code that still does something can be revoked, after a question', async () => {
  const { source, asked } = sourceOf('A', code('A2', 'revoked'));
  const { page, press } = await opened({ source });
  await press('Show older ones');
  const buttons = page.findAll('tbody button');
  expect(buttons.map((one) => one.attributes('aria-label'))).toEqual(['Revoke A1']);
  await buttons[0]!.trigger('click');
  await flushPromises();
  const question = document.querySelector('[role="alertdialog"]')!;
  expect(asked.filter((one) => 'revoked' in one)).toEqual([]);
  [...question.querySelectorAll('button')].at(-1)!.click();
  await flushPromises();
  expect(asked).toContainEqual({ revoked: 'code_A1' });
  expect(page.get('[role="status"]').text()).toBe('A1 is revoked.');
});

test('where codes are only looked at none is made or revoked; without a class there is nothing to make', async () => {
  const { source } = sourceOf('A');
  const closed = await opened({ source, fixed: true });
  const make = closed.page.findAll('button').find((one) => one.text() === 'Make codes');
  expect(make?.attributes('disabled')).toBe('');
  expect([closed.codes(), closed.page.findAll('tbody button')]).toEqual([['A1…'], []]);
  const none = await opened({ source: undefined });
  expect([none.page.findAll('button'), none.page.findAll('select')]).toEqual([[], []]);
});

test('a batch is for the class whose codes these are, and asks no more than how many and how long', async () => {
  const { source, asked } = sourceOf('A');
  const { press } = await opened({ source });
  await press('Make codes');
  const form = document.querySelector('form')!;
  expect([form.querySelectorAll('input').length, form.querySelectorAll('select').length]).toEqual([2, 0]);
  form.dispatchEvent(new Event('submit', { cancelable: true }));
  await flushPromises();
  expect(asked).toContainEqual({ count: 30, classroom_id: 'A', plan_id: null, days: 30 });
});
