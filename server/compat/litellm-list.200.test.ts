import { describe, expect, test } from 'bun:test';

import { generate, get } from '../testing/litellm.ts';
import { addClassroom } from '../testing/passes.ts';
import { addUser } from '../testing/people.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

describe('GET /key/list', () => {
  test('pages hold every key once, newest first, with LiteLLM’s counts', async () => {
    await using app = await createTestApp();
    const made: string[] = [];
    for (let index = 0; index < 23; index++) {
      made.push((await generate(app, { key_alias: `a${index}` })).token);
      app.clock.advance(index % 2);
    }
    const seen: unknown[] = [];
    for (let page = 1; page <= 4; page++) {
      const { body } = await get(app, `/key/list?page=${page}`);
      expect(body).toMatchObject({ total_count: 23, total_pages: 3, current_page: page });
      seen.push(...(body['keys'] as unknown[]));
    }
    expect(new Set(seen)).toEqual(new Set(made));
    expect(seen).toHaveLength(23);
    expect(seen[0]).toBe(made.at(-1));
  });

  test('whole records, filters and orders', async () => {
    await using app = await createTestApp();
    const [userId, teamId] = [await addUser(app.ctx), await addClassroom(app.ctx)];
    const [poor, rich] = [
      await generate(app, { key_alias: 'poor', max_budget: 1, user_id: userId }),
      await generate(app, { key_alias: 'rich', max_budget: 2, team_id: teamId }),
    ];
    const free = await generate(app);
    const list = async (query: string) => (await get(app, `/key/list?${query}`)).body['keys'];
    expect(await list('return_full_object=true&sort_by=max_budget&sort_order=asc')).toMatchObject([
      { token: free.token, max_budget: null },
      { token: poor.token, key_alias: 'poor', max_budget: 1, user_id: userId },
      { token: rich.token, team_id: teamId, spend: 0 },
    ]);
    expect(await list('sort_by=key_alias&sort_order=DESC')).toEqual([rich.token, poor.token, free.token]);
    expect(await list(`user_id=${userId}`)).toEqual([poor.token]);
    expect(await list(`team_id=${teamId}`)).toEqual([rich.token]);
    expect(await list('key_alias=rich')).toEqual([rich.token]);
    expect(await list('key_alias=ri%25')).toEqual([]);
    expect(await list(`key_hash=${free.token}`)).toEqual([free.token]);
    expect(await list('status=deleted')).toEqual([]);
  });

  test('by spend', async () => {
    await using app = await createTestApp();
    const tokens: string[] = [];
    for (const settledNanos of [5, 0, 9]) {
      const { token } = await generate(app);
      tokens.push(token);
      const { id } = await app.ctx.db
        .selectFrom('passes')
        .select('id')
        .where('tokenHash', '=', token)
        .executeTakeFirstOrThrow();
      if (settledNanos > 0) await spend(app, id, settledNanos);
    }
    const { body } = await get(app, '/key/list?sort_by=spend');
    expect(body['keys']).toEqual([tokens[2], tokens[0], tokens[1]]);
  });
});

test('what was spent is read from the ledger’s account', async () => {
  await using app = await createTestApp();
  const { key, token } = await generate(app);
  const { id } = await app.ctx.db
    .selectFrom('passes')
    .select('id')
    .where('tokenHash', '=', token)
    .executeTakeFirstOrThrow();
  await spend(app, id, 1_250_000_001);
  expect(((await get(app, `/key/info?key=${key}`)).body['info'] as { spend: number }).spend).toBe(1.250000001);
  expect((await get(app, '/key/list?return_full_object=true')).body['keys']).toMatchObject([{ spend: 1.250000001 }]);
});

async function spend(app: TestApp, passId: string, settledNanos: number): Promise<void> {
  const zero = {
    heldNanos: 0,
    carriedNanos: 0,
    calls: 1,
    promptTokens: 0,
    completionTokens: 0,
    createdAt: 0,
    updatedAt: 0,
  };
  const account = {
    id: app.ctx.ids.next('acc'),
    partyKind: 'pass',
    partyId: passId,
    periodStart: 0,
    periodEnd: null,
    timeZone: 'UTC',
    capNanos: null,
  };
  await app.ctx.db
    .insertInto('accounts')
    .values({ ...account, ...zero, settledNanos })
    .execute();
}
