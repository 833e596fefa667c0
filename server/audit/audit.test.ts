import { expect, test } from 'bun:test';

import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { findAuditDamage, recordAudit } from './audit.ts';
import { DETAIL_MAX, toRow } from './rules.ts';

const actor = { id: 'user_1', name: 'admin' };
const write = (app: TestApp, id: string) =>
  recordAudit(app.ctx, {
    actor,
    action: 'channel.update',
    target: { kind: 'channel', id },
    detail: { name: id },
    ip: '203.0.113.9',
  });

test('fifty writers at once make one unbroken chain', async () => {
  await using app = await createTestApp();
  await Promise.all(Array.from({ length: 50 }, (_, i) => write(app, `ch_${i}`)));
  const rows = await app.ctx.db.selectFrom('audit').selectAll().orderBy('seq').execute();
  expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  expect(await findAuditDamage(app.ctx.db)).toBeUndefined();
  expect(rows[0]).toMatchObject({
    actorId: 'user_1',
    actorName: 'admin',
    action: 'channel.update',
    targetKind: 'channel',
    ip: '203.0.113.9',
  });
});

test('a changed, a removed and a cut-off row are found', async () => {
  await using app = await createTestApp();
  const { db } = app.ctx;
  for (const id of ['a', 'b', 'c', 'd']) await write(app, id);
  await db.updateTable('audit').set({ actorName: 'somebody else' }).where('seq', '=', 2).execute();
  expect(await findAuditDamage(db)).toEqual({ seq: 2, problem: 'changed' });
  await db.updateTable('audit').set({ actorName: 'admin' }).where('seq', '=', 2).execute();
  expect(await findAuditDamage(db)).toBeUndefined();
  await db.deleteFrom('audit').where('seq', '=', 4).execute();
  expect(await findAuditDamage(db)).toEqual({ seq: 4, problem: 'missing' });
  await db.deleteFrom('audit').where('seq', '=', 2).execute();
  expect(await findAuditDamage(db)).toEqual({ seq: 2, problem: 'missing' });
});

test('rows that change places, one put in behind the newest, and a head that is gone are found', async () => {
  await using app = await createTestApp();
  const { db } = app.ctx;
  for (const id of ['a', 'b', 'c']) await write(app, id);
  const place = (from: number, to: number) =>
    db.updateTable('audit').set({ seq: to }).where('seq', '=', from).execute();
  await place(2, 99);
  await place(3, 2);
  await place(99, 3);
  expect(await findAuditDamage(db)).toEqual({ seq: 2, problem: 'changed' });
  await place(2, 99);
  await place(3, 2);
  await place(99, 3);
  expect(await findAuditDamage(db)).toBeUndefined();
  // Whoever can write the table can count and hash, too.
  const last = await db.selectFrom('audit').selectAll().where('seq', '=', 3).executeTakeFirstOrThrow();
  const forged = toRow(
    { actor, action: 'user.update' },
    { id: 'audit_x', at: last.at, seq: 4, previousHash: last.hash },
  );
  await db.insertInto('audit').values(forged).execute();
  expect(await findAuditDamage(db)).toEqual({ seq: 4, problem: 'changed' });
  await db.deleteFrom('audit').where('seq', '=', 4).execute();
  await db.deleteFrom('settings').where('key', '=', 'internal.audit_head').execute();
  expect(await findAuditDamage(db)).toEqual({ seq: 1, problem: 'changed' });
});

test('the row falls with the change it belongs to', async () => {
  await using app = await createTestApp();
  const { ctx } = app;
  const failure = new Error('the change failed');
  const thrown = await ctx.db
    .transaction()
    .execute(async (trx) => {
      await recordAudit(ctx, { actor: null, action: 'settings.update' }, trx);
      throw failure;
    })
    .catch((error: unknown) => error);
  expect(thrown).toBe(failure);
  expect(await ctx.db.selectFrom('audit').select('seq').execute()).toEqual([]);
  await write(app, 'a');
  expect(await findAuditDamage(ctx.db)).toBeUndefined();
});

test('a detail at the bound is kept, one above it is named only', async () => {
  await using app = await createTestApp();
  const fits = { text: 'x'.repeat(DETAIL_MAX - '{"text":""}'.length) };
  await recordAudit(app.ctx, { actor, action: 'a.b', detail: fits });
  await recordAudit(app.ctx, { actor, action: 'a.b', detail: { text: `${fits.text}x` } });
  const [kept, named] = await app.ctx.db.selectFrom('audit').select('detail').orderBy('seq').execute();
  expect(JSON.parse(kept!.detail)).toEqual(fits);
  expect(JSON.parse(named!.detail)).toEqual({ truncated: true, characters: DETAIL_MAX + 1, fields: ['text'] });
  expect(await findAuditDamage(app.ctx.db)).toBeUndefined();
});
