import { expect, test } from 'bun:test';

import { SETTINGS } from '../server/config.ts';
import { GENERATED, staleFiles } from './generate.ts';

test('every generated file is fresh', async () => {
  expect(await staleFiles()).toEqual([]);
});

test.each(['docs/configuration.md', '.env.example'])('%s names every setting', async (path) => {
  const text = await GENERATED[path]!();
  for (const name of Object.keys(SETTINGS)) expect(text).toMatch(new RegExp(`\\b${name}\\b`));
});

test('.env.example sets nothing: every value in it is commented out', async () => {
  const lines = String(await GENERATED['.env.example']!()).split('\n');
  expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
});
