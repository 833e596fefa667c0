import { expect, test } from 'bun:test';

import type { BodyRules } from '../../../models/catalog.ts';
import { vendorBody } from './vendor-body.ts';

const rules = (more: Partial<BodyRules>): BodyRules => ({
  drop: [],
  rename: {},
  extra: {},
  streamUsage: 'asked',
  ...more,
});
const BODY = { model: 'm', stream: true, stream_options: { include_usage: true } };

test.each([
  ['leaves out', rules({ drop: ['seed', 'absent'] }), { seed: 1, keep: 2 }, { ...BODY, keep: 2 }],
  ['renames', rules({ rename: { seed: 'random_seed' } }), { seed: 1 }, { ...BODY, random_seed: 1 }],
  ['keeps what stands under the new name already', rules({ rename: { a: 'b' } }), { a: 1, b: 2 }, { ...BODY, b: 2 }],
  ['fills in what the client did not send', rules({ extra: { x: true } }), {}, { ...BODY, x: true }],
  ['the client’s own value wins over an extra', rules({ extra: { x: true } }), { x: false }, { ...BODY, x: false }],
  ['asks for no usage where it comes unasked', rules({ streamUsage: 'unasked' }), {}, { model: 'm', stream: true }],
  [
    'asks for running totals',
    rules({ streamUsage: 'continuous' }),
    {},
    { ...BODY, stream_options: { include_usage: true, continuous_usage_stats: true } },
  ],
])('%s', (_name, given, fields, expected) => {
  const body = { ...BODY, ...fields };
  const before = structuredClone(body);
  expect(vendorBody(body, given)).toEqual(expected);
  expect(body).toEqual(before);
});
