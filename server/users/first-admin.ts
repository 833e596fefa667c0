// The first administrator: from ADMIN_USERNAME and ADMIN_PASSWORD at start, or through a set-up link. Exactly one,
// however many starts and links are at it at once.
import type { Kysely } from 'kysely';

import { normalizeUsername } from '@hallpass/shared/accounts.ts';

import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import type { Schema } from '../db/schema.ts';
import { AppError } from '../lib/app-error.ts';
import { StartError } from '../lib/start-error.ts';
import { hashOfLink } from './link-tokens.ts';
import { deleteSetupLinks, hasAdmin, insertSetupLink, insertUser, isSetupLinkOpen, useSetupLink } from './store.ts';

/** Replicas that start together must not take each other's links away. */
const OTHER_STARTS_MS = 10 * 60_000;
const LINK_LIFETIME_MS = 30 * 24 * 60 * 60_000;

/**
 * Called at every start. Makes the configured administrator while there is none at all; later changes of
 * ADMIN_PASSWORD change nothing. Without a configured password it makes a link for doing it in the browser.
 * @returns the path of the link, to be printed; undefined when an administrator exists.
 * @throws StartError when somebody else has the configured name.
 */
export async function prepareFirstAdmin(ctx: AppContext): Promise<{ setupPath: string } | undefined> {
  if (await hasAdmin(ctx.db)) return undefined;
  const { ADMIN_USERNAME: username, ADMIN_PASSWORD: password } = ctx.config;
  if (password === undefined) return { setupPath: await issueSetupLink(ctx) };
  const passwordHash = await ctx.passwords.hash(password);
  try {
    await ctx.db.transaction().execute((trx) => insertFirstAdmin(ctx, trx, { username, passwordHash, ip: null }));
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'already_exists')) throw error;
    throw new StartError(
      `ADMIN_USERNAME (${username}) is the name of somebody who is not an administrator. Please choose another.`,
    );
  }
  return undefined;
}

/** @returns a login. @throws AppError setup_link_invalid, setup_done, already_exists, server_busy. */
export async function setUpFirstAdmin(
  ctx: AppContext,
  input: { token: string; username: string; password: string; ip: string },
): Promise<string> {
  const tokenHash = hashOfLink(input.token);
  if (!(await isSetupLinkOpen(ctx.db, tokenHash, ctx.clock.now())))
    throw new AppError((await hasAdmin(ctx.db)) ? 'setup_done' : 'setup_link_invalid');
  const passwordHash = await ctx.passwords.hash(input.password);
  const userId = await ctx.db.transaction().execute(async (trx) => {
    const id = await insertFirstAdmin(ctx, trx, { username: input.username, passwordHash, ip: input.ip });
    if (id === undefined) throw new AppError('setup_done');
    if (!(await useSetupLink(trx, tokenHash, ctx.clock.now()))) throw new AppError('setup_link_invalid');
    return id;
  });
  ctx.events.emit({ type: 'user.changed', userId });
  return ctx.logins.issue(userId);
}

interface FirstAdmin {
  username: string;
  passwordHash: string;
  ip: string | null;
}

/** @returns the new id; undefined when somebody else was first. */
async function insertFirstAdmin(ctx: AppContext, trx: Kysely<Schema>, admin: FirstAdmin): Promise<string | undefined> {
  // Writing the version row makes others wait until this transaction ends, on both engines; only then is looked.
  await ctx.bumpChanges(trx);
  if (await hasAdmin(trx)) return undefined;
  const { passwordHash, ip } = admin;
  const id = ctx.ids.next('user');
  const username = normalizeUsername(admin.username);
  const user = { id, email: null, username, passwordHash, role: 'admin', now: ctx.clock.now() } as const;
  if (!(await insertUser(trx, user)))
    throw new AppError('already_exists', { params: { what: username }, param: 'username' });
  const target = { kind: 'user', id };
  await recordAudit(ctx, { actor: { id, name: username }, action: 'user.first_admin', target, ip }, trx);
  return id;
}

async function issueSetupLink(ctx: AppContext): Promise<string> {
  const token = ctx.ids.secret(24);
  const now = ctx.clock.now();
  const link = { id: ctx.ids.next('invite'), tokenHash: hashOfLink(token), now, expiresAt: now + LINK_LIFETIME_MS };
  await ctx.db.transaction().execute(async (trx) => {
    await deleteSetupLinks(trx, now - OTHER_STARTS_MS);
    await insertSetupLink(trx, link);
  });
  // After the #: browsers do not send it, so it stays out of every server's log.
  return `/setup#${token}`;
}
