import { mount } from '@vue/test-utils';
import { expect, test } from 'vitest';
import { defineComponent, h } from 'vue';

import { Problem } from '@/api/problem.ts';

import { type Loaded, useLoaded } from './use-loaded.ts';

/** Each answer is given by hand, in any order. */
function loadedByHand() {
  const asked: { resolve: (answer: string) => void; reject: (problem: Problem) => void }[] = [];
  let loaded!: Loaded<string>;
  const work = () => new Promise<string>((resolve, reject) => asked.push({ resolve, reject }));
  mount(
    defineComponent({
      setup() {
        loaded = useLoaded(work);
        return () => h('p');
      },
    }),
  );
  return { asked, loaded };
}

test('a slow answer to an earlier question does not replace the answer to a later one', async () => {
  const { asked, loaded } = loadedByHand();
  const second = loaded.load();
  asked[1]!.resolve('later');
  await second;
  expect([loaded.data.value, loaded.loading.value]).toEqual(['later', false]);
  asked[0]!.resolve('earlier');
  await Promise.resolve();
  await Promise.resolve();
  expect(loaded.data.value).toBe('later');
});

test('an earlier failure says nothing about what came later, and a later one keeps what is shown', async () => {
  const { asked, loaded } = loadedByHand();
  const second = loaded.load();
  asked[0]!.reject(new Problem('refused', 'x'));
  await Promise.resolve();
  await Promise.resolve();
  expect([loaded.problem.value, loaded.loading.value]).toEqual([undefined, true]);
  asked[1]!.resolve('shown');
  await second;
  const third = loaded.load();
  asked[2]!.reject(new Problem('refused', 'y'));
  await third;
  expect([loaded.data.value, loaded.problem.value instanceof Problem]).toEqual(['shown', true]);
});
