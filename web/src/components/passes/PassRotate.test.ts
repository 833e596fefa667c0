import { flushPromises, mount } from '@vue/test-utils';
import { afterEach, expect, test } from 'vitest';

import { Problem } from '@/api/problem.ts';

import PassRotate from './PassRotate.vue';

afterEach(() => (document.body.innerHTML = ''));

/** The dialog stands at the end of the document. */
async function opened(rotate: (graceHours: number) => Promise<string>) {
  const done: unknown[] = [];
  const props = {
    title: 'New keys for 2 passes',
    text: 'Shown once.',
    rotate,
    onDone: (made: unknown) => done.push(made),
  };
  const dialog = mount(PassRotate, { props, attachTo: document.body });
  await flushPromises();
  const form = document.querySelector('form')!;
  const select = document.querySelector('select')!;
  const send = async (grace: string) => {
    select.value = grace;
    select.dispatchEvent(new Event('change'));
    form.dispatchEvent(new Event('submit', { cancelable: true }));
    await flushPromises();
  };
  return { dialog, done, send, select };
}

test('the old keys end at once, or after the hours that are chosen, and no others can be chosen', async () => {
  const asked: number[] = [];
  const { done, send, select } = await opened(async (hours) => {
    asked.push(hours);
    return `after ${hours}`;
  });
  expect(select.value).toBe('0');
  expect([...select.options].map(({ value }) => value)).toEqual(['0', '1', '24', '168']);
  await send('0');
  await send('168');
  expect([asked, done]).toEqual([
    [0, 168],
    ['after 0', 'after 168'],
  ]);
});

test.each(['grace_period', 'grace_hours'])('what the server says of %s stands at the field', async (field) => {
  const { done, send, select } = await opened(() => Promise.reject(new Problem('refused', 'too long', { field })));
  await send('168');
  expect([done, select.getAttribute('aria-invalid')]).toEqual([[], 'true']);
  expect(document.getElementById(select.getAttribute('aria-describedby')!)?.textContent).toBe('too long');
});
