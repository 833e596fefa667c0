// What expires is removed in batches, by whoever adds more; what still counts stays.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { SWEEP_ROWS } from './forget-old.ts';
import { rememberIssued } from './issued-responses.ts';

const DAY_MS = 24 * 3_600_000;

let gateway: GatewayApp;
let key: string;
beforeAll(async () => {
  gateway = await createGatewayApp();
  key = await gateway.pass({ max_budget: 5 });
  await gateway.addModel('m', {});
});
afterAll(() => gateway[Symbol.asyncDispose]());

const insertIssued = (ids: readonly string[], createdAt: (i: number) => number) =>
  gateway.app.ctx.db
    .insertInto('issuedResponses')
    .values(
      ids.map((responseId, i) => ({
        owner: 'p',
        responseId,
        routeId: 'r',
        channelKeyId: null,
        tokens: 1,
        createdAt: createdAt(i),
      })),
    )
    .execute();
const insertKeys = (keys: readonly string[], createdAt: (i: number) => number) =>
  gateway.app.ctx.db
    .insertInto('idempotencyKeys')
    .values(
      keys.map((id, i) => ({
        scope: 'pass:p',
        key: id,
        bodyHash: 'h',
        callId: 'c',
        status: null,
        responseJson: null,
        createdAt: createdAt(i),
      })),
    )
    .execute();
const issuedLeft = async () =>
  (await gateway.app.ctx.db.selectFrom('issuedResponses').select('responseId').execute()).map((row) => row.responseId);
const keysLeft = async () =>
  (await gateway.app.ctx.db.selectFrom('idempotencyKeys').select('key').execute()).map((row) => row.key);

let made = 0;
/** One more answer with an id of its own. */
const issue = () =>
  rememberIssued(
    gateway.app.ctx,
    {
      call: { id: 'c', principal: { passId: 'q', userId: null, seatId: null } },
      route: { id: 'r' },
      key: null,
    } as unknown as Parameters<typeof rememberIssued>[1],
    `new-${made++}`,
    { promptTokens: 1, completionTokens: 1 } as Parameters<typeof rememberIssued>[3],
  );
const ask = async () => {
  const response = await gateway.chat(key, {}, { headers: { 'idempotency-key': `new-${made++}` } });
  expect(response.status).toBe(200);
};

describe.each([
  {
    what: 'issued responses',
    keptMs: 30 * DAY_MS,
    everyMs: 10_000,
    insert: insertIssued,
    left: issuedLeft,
    add: issue,
  },
  { what: 'idempotency keys', keptMs: DAY_MS, everyMs: 60_000, insert: insertKeys, left: keysLeft, add: ask },
])('$what', ({ keptMs, everyMs, insert, left, add }) => {
  test('the oldest batch goes, at most once in a while; what is kept stays to its last moment', async () => {
    const { clock } = gateway.app;
    clock.advance(everyMs);
    const start = clock.now();
    const old = Array.from({ length: SWEEP_ROWS + 100 }, (_, i) => `old-${i}`);
    await insert(old, (i) => start - keptMs - 10_000 + i);
    await insert(['just'], () => start - keptMs);
    const oldLeft = async () => (await left()).filter((id) => id.startsWith('old-'));

    await add();
    expect(await oldLeft()).toEqual(old.slice(SWEEP_ROWS));
    clock.advance(everyMs - 1);
    await insert(['still'], () => clock.now() - keptMs + 60_000);
    await add();
    expect(await oldLeft()).toHaveLength(100);
    expect(await left()).toContain('just');
    clock.advance(1);
    await add();
    expect(await oldLeft()).toEqual([]);
    expect(await left()).not.toContain('just');
    expect(await left()).toEqual(expect.arrayContaining(['still', `new-${made - 1}`]));
  });
});
