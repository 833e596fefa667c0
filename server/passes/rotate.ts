// Gives a pass a new key. The old one ends at once, or goes on for a time of grace.
import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { conflictOf } from './conflict.ts';
import type { IssuedPass } from './issue.ts';
import { hashKey, maskKey, newKey, newPublicId } from './keys.ts';
import type { ChangedBy } from './pass-settings.ts';
import { findPass, insertReplacedKey, type PassRow, updatePassRow } from './store.ts';

export interface Rotation {
  /** The caller's own new value; made here where absent. */
  key?: string | undefined;
  /** How long the old key is still good; 0 = it ends now. */
  graceMs: number;
}

/**
 * Name, limits and spend stay with the pass. Keys that were replaced earlier end with this one's time of grace.
 * @throws AppError not_found, pass_key_taken for a key that is another pass's.
 */
export async function rotatePass(
  ctx: AppContext,
  tokenHash: string,
  rotation: Rotation,
  by: ChangedBy,
): Promise<IssuedPass> {
  const rotated = await ctx.db
    .transaction()
    .execute(async (db) => {
      // First, for it locks the version row: of two rotations the second is told that the key is gone.
      await ctx.bumpChanges(db);
      const before = await findPass(db, tokenHash);
      if (!before) throw new AppError('not_found', { param: 'key' });
      return rotatePassIn(ctx, db, before, rotation, by);
    })
    .catch((error: unknown) => {
      throw conflictOf(error, {});
    });
  ctx.events.emit({ type: 'pass.changed', passId: rotated.pass.id });
  return rotated;
}

/** The step inside a transaction, which has bumped the changes. Whoever calls it tells of `pass.changed` afterwards. */
export async function rotatePassIn(
  ctx: AppContext,
  db: AppContext['db'],
  before: PassRow,
  { key: wanted, graceMs }: Rotation,
  by: ChangedBy,
): Promise<IssuedPass> {
  const made = wanted === undefined ? newKey(ctx.ids) : { key: wanted, publicId: newPublicId(ctx.ids) };
  const now = ctx.clock.now();
  const columns = {
    publicId: made.publicId,
    tokenHash: hashKey(made.key),
    keyName: maskKey(made.key, made.publicId),
    updatedAt: now,
  };
  await updatePassRow(db, before.id, columns);
  const { tokenHash, id: passId } = before;
  await insertReplacedKey(db, { tokenHash, passId, validUntil: now + graceMs, createdAt: now });
  const detail = { graceMs, before: before.publicId, publicId: made.publicId };
  await recordAudit(ctx, { ...by, action: 'pass.rotate', target: { kind: 'pass', id: passId }, detail }, db);
  return { key: made.key, pass: { ...before, ...columns } };
}
