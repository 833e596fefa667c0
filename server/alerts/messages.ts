// What goes out about an alert: written in the same transaction as the alert, sent afterwards, tried again while it fails.
import type { AppContext } from '../context.ts';
import { type Rounds, startRounds } from '../lib/rounds.ts';
import { mailAlert } from './mail.ts';
import * as store from './store.ts';
import type { AlertRow, MessageRow } from './store.ts';
import { alertViewOf } from './view.ts';
import { postAlert } from './webhook.ts';

const LOOK_EVERY_MS = 5_000;
const PER_ROUND = 20;
/** Messages on their way; above it new ones are left out and said so in the log. */
export const WAITING_MAX = 1_000;
/** Between two tries. After the last the message is given up. */
export const RETRIES_MS = [60_000, 5 * 60_000, 30 * 60_000, 2 * 3_600_000, 6 * 3_600_000];

/** Longer than any try takes. */
const LEASE_MS = 5 * 60_000;

export interface AlertMessage {
  type: 'alert.raised' | 'alert.resolved' | 'alert.test';
  timestamp: string;
  data: Record<string, unknown> & { text: string };
}

const SENDERS = { webhook: postAlert, mail: mailAlert };
export type Target = keyof typeof SENDERS;

/** Where alerts go now. */
export function targetsOf({ settings, config }: AppContext): Target[] {
  const { alertWebhookUrl, alertEmails } = settings.current();
  return [
    ...(alertWebhookUrl === null ? [] : ['webhook' as const]),
    ...(alertEmails.length > 0 && config.SMTP_URL !== undefined ? ['mail' as const] : []),
  ];
}

/** @param db the transaction that raises or resolves the alert. Notes go nowhere. */
export async function enqueue(
  ctx: AppContext,
  db: AppContext['db'],
  type: AlertMessage['type'],
  row: AlertRow,
): Promise<void> {
  const targets = targetsOf(ctx);
  if (row.level === 'note' || targets.length === 0) return;
  if ((await store.countWaitingMessages(db)) + targets.length > WAITING_MAX)
    return ctx.log.error('too many messages wait, so one about an alert is left out', { kind: row.kind });
  const now = ctx.clock.now();
  const data = alertViewOf(row, ctx.settings.current().defaultLocale);
  const body = JSON.stringify({ type, timestamp: new Date(now).toISOString(), data } satisfies AlertMessage);
  for (const target of targets)
    await store.insertMessage(db, {
      id: ctx.ids.next('msg'),
      target,
      body,
      tries: 0,
      nextTryAt: now,
      createdAt: now,
      endedAt: null,
      error: null,
    });
}

export function startAlertMessages(ctx: AppContext): Rounds {
  return startRounds(
    LOOK_EVERY_MS,
    (signal) => sendDue(ctx, signal),
    (error) => ctx.log.error('messages about alerts could not be sent', { error }),
  );
}

/** One round. @returns how many were tried. */
export async function sendDue(ctx: AppContext, signal: AbortSignal): Promise<number> {
  let tried = 0;
  for (const message of await store.listDueMessages(ctx.db, ctx.clock.now(), PER_ROUND)) {
    if (signal.aborted) break;
    const retryMs = RETRIES_MS[message.tries];
    // Also after the last try: while it is under way no other server is to begin it again.
    if (!(await store.claimMessage(ctx.db, message, ctx.clock.now() + (retryMs ?? LEASE_MS)))) continue;
    tried += 1;
    await sendOne(ctx, message, retryMs === undefined, signal);
  }
  return tried;
}

async function sendOne(ctx: AppContext, message: MessageRow, isLast: boolean, signal: AbortSignal): Promise<void> {
  const error = await trySend(ctx, message, signal);
  const isOver = error === null || isLast;
  if (error !== null) ctx.log.warn('a message about an alert did not arrive', { target: message.target, error });
  await store.updateMessage(ctx.db, message.id, { error, ...(isOver ? { endedAt: ctx.clock.now() } : {}) });
}

/** @returns why it did not arrive; null = it did. */
export async function trySend(
  ctx: AppContext,
  message: Pick<MessageRow, 'id' | 'target' | 'body'>,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    await SENDERS[message.target as Target](ctx, message, signal);
    return null;
  } catch (error) {
    return (error as Error).message.slice(0, 500);
  }
}
