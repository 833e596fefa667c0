// LiteLLM's key management: /key/* as thin translations onto passes, so that a panel made for LiteLLM works.
import {
  keyBlockSchema,
  keyDeletedSchema,
  keyDeleteSchema,
  keyGeneratedSchema,
  keyGenerateSchema,
  keyInfoQuery,
  keyInfoSchema,
  keyListQuery,
  keyListSchema,
  type KeyListQuery,
  keyRecordSchema,
  keyRegenerateBody,
  keyRegenerateParams,
  keyRegenerateSchema,
  keyUpdatedSchema,
  keyUpdateSchema,
} from '@hallpass/shared/litellm.ts';
import type { z } from 'zod';

import type { AppContext } from '../context.ts';
import { defineRoute } from '../http/route.ts';
import { AppError } from '../lib/app-error.ts';
import { blockedBy, UNBLOCKED } from '../passes/blocks.ts';
import { issuePass } from '../passes/issue.ts';
import type { ChangedBy } from '../passes/pass-settings.ts';
import { deletePasses } from '../passes/remove.ts';
import { rotatePass } from '../passes/rotate.ts';
import { spendOf } from '../passes/spend.ts';
import {
  countPasses,
  findPass,
  findPassById,
  listPasses,
  type PassRow,
  type PassSort,
  seatNamesOf,
} from '../passes/store.ts';
import { updatePass } from '../passes/update.ts';
import { changedBy, infoRequest, tokenHashOf } from './litellm-access.ts';
import { graceOf, ownersOf, ownKeyOf, settingsOf } from './litellm-input.ts';
import { keyRecord, ownRecord } from './litellm-record.ts';

const shared = { guard: 'adminKey', tag: 'litellm', family: 'litellm', maxBodyBytes: 256 * 1024 } as const;

export const litellmRoutes = [
  defineRoute({
    ...shared,
    method: 'post',
    path: '/key/generate',
    summary: 'Make a pass; the answer is the only one that holds its key',
    body: keyGenerateSchema,
    response: keyGeneratedSchema,
    handler: async ({ ctx, http, user, body: { key: wantedKey, ...body } }) => {
      const owners = await ownersOf(ctx, body);
      const settings = settingsOf(body, null, ctx.clock.now());
      const input = { ...settings, ...owners, key: ownKeyOf(ctx, wantedKey) };
      const { key, pass } = await issuePass(ctx, input, changedBy(http, user));
      return { ...(await recordOf(ctx, pass)), key, token_id: pass.tokenHash };
    },
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: '/key/info',
    guard: 'caller',
    summary: 'What is set on a pass and spent; a pass may ask about itself',
    query: keyInfoQuery,
    response: keyInfoSchema,
    handler: async ({ ctx, http, query }) => {
      const { tokenHash, passId } = await infoRequest(http, ctx, query.key);
      const pass = passId ? await findPassById(ctx.db, passId) : await findPass(ctx.db, tokenHash!);
      if (!pass) throw new AppError('not_found', { param: 'key' });
      const record = await recordOf(ctx, pass);
      return { key: pass.tokenHash, info: passId ? ownRecord(record) : record };
    },
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: '/key/update',
    summary: 'Change a pass; fields left out stay, null empties',
    body: keyUpdateSchema,
    response: keyUpdatedSchema,
    handler: async ({ ctx, http, user, body: { key, ...body } }) => {
      const owners = await ownersOf(ctx, body);
      const changesOf = (pass: PassRow) => ({
        ...settingsOf(body, JSON.parse(pass.litellmExtra) as Record<string, unknown>, ctx.clock.now()),
        ...owners,
      });
      const pass = await updatePass(ctx, tokenHashOf(key), changesOf, changedBy(http, user));
      return { ...(await recordOf(ctx, pass)), key: pass.tokenHash };
    },
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: '/key/regenerate',
    summary: 'Give a pass a new key; the old one ends at once or after a time of grace',
    body: keyRegenerateSchema,
    response: keyGeneratedSchema,
    handler: ({ ctx, http, user, body: { key, ...body } }) => regenerate(ctx, key, body, changedBy(http, user)),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: '/key/:key/regenerate',
    summary: 'The same, with the key or its token in the address',
    params: keyRegenerateParams,
    body: keyRegenerateBody,
    response: keyGeneratedSchema,
    handler: ({ ctx, http, user, params, body }) => regenerate(ctx, params.key, body, changedBy(http, user)),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: '/key/delete',
    summary: 'Delete passes by key or by alias, all of them or none',
    body: keyDeleteSchema,
    response: keyDeletedSchema,
    handler: async ({ ctx, http, user, body }) => {
      const keys = body.keys?.map(tokenHashOf);
      const names = keys?.length
        ? { by: 'tokenHash' as const, values: keys }
        : { by: 'alias' as const, values: body.key_aliases ?? [] };
      await deletePasses(ctx, names, changedBy(http, user));
      return { deleted_keys: [...names.values] };
    },
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: '/key/list',
    summary: 'List passes, a page at a time, as tokens or whole records',
    query: keyListQuery,
    response: keyListSchema,
    handler: ({ ctx, query }) => listPage(ctx, query),
  }),
  ...(['block', 'unblock'] as const).map((verb) =>
    defineRoute({
      ...shared,
      method: 'post',
      path: `/key/${verb}`,
      summary: verb === 'block' ? 'Switch a pass off' : 'Switch a pass on again',
      body: keyBlockSchema,
      response: keyRecordSchema,
      handler: async ({ ctx, http, user, body }) => {
        const wanted = verb === 'block' ? blockedBy('administration') : UNBLOCKED;
        const pass = await updatePass(ctx, tokenHashOf(body.key), () => wanted, changedBy(http, user));
        return recordOf(ctx, pass);
      },
    }),
  ),
];

async function regenerate(
  ctx: AppContext,
  keyOrHash: string,
  { new_key, grace_period }: z.infer<typeof keyRegenerateBody>,
  by: ChangedBy,
) {
  const rotation = { key: ownKeyOf(ctx, new_key), graceMs: graceOf(grace_period, ctx.clock.now()) };
  const { key, pass } = await rotatePass(ctx, tokenHashOf(keyOrHash), rotation, by);
  return { ...(await recordOf(ctx, pass)), key, token_id: pass.tokenHash };
}

async function recordOf(ctx: AppContext, pass: PassRow) {
  const seats = await seatNamesOf(ctx.db, [pass]);
  return keyRecord(pass, (await spendOf(ctx, [pass]))(pass), seats.get(pass.seatId ?? ''));
}

const SORTS = {
  spend: 'spend',
  max_budget: 'budgetNanos',
  created_at: 'createdAt',
  updated_at: 'updatedAt',
  token: 'tokenHash',
  key_alias: 'alias',
} as const satisfies Record<NonNullable<KeyListQuery['sort_by']>, PassSort>;

async function listPage(ctx: AppContext, query: KeyListQuery) {
  if (query.status === 'deleted') return { keys: [], total_count: 0, current_page: query.page, total_pages: 0 };
  const filter = {
    userId: query.user_id,
    classroomId: query.team_id,
    alias: query.key_alias,
    tokenHash: query.key_hash,
  };
  const total = await countPasses(ctx.db, filter);
  const passes = await listPasses(ctx.db, filter, {
    sort: SORTS[query.sort_by ?? 'created_at'],
    order: query.sort_order,
    limit: query.size,
    offset: (query.page - 1) * query.size,
  });
  const spend = query.return_full_object ? await spendOf(ctx, passes) : undefined;
  const seats = await seatNamesOf(ctx.db, spend ? passes : []);
  const recordOfPass = (pass: PassRow) => keyRecord(pass, spend!(pass), seats.get(pass.seatId ?? ''));
  return {
    keys: passes.map((pass) => (spend ? recordOfPass(pass) : pass.tokenHash)),
    total_count: total,
    current_page: query.page,
    total_pages: Math.ceil(total / query.size),
  };
}
