// /api/admin/alerts.
import { alertsReply, alertTestReply } from '@hallpass/shared/alerts.ts';

import type { AppContext } from '../context.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { type AlertMessage, type Target, targetsOf, trySend } from './messages.ts';
import * as store from './store.ts';
import { alertViewOf } from './view.ts';
import { webhookSecret } from './webhook.ts';

const path = '/api/admin/alerts';
const shared = { guard: 'admin', tag: 'alerts' } as const;
const RECENT = 20;

// One line per language.
// oxfmt-ignore
const TEST_TEXTS = {
  'zh-CN': '这是一条测试告警。',
  'zh-TW': '這是一則測試告警。',
  en: 'This is a test alert.',
};

export const alertRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path,
    summary: 'What needs attention, what lately did, and whether the messages about it arrive',
    response: alertsReply,
    handler: async ({ ctx, locale }) => ({
      open: (await store.listOpenAlerts(ctx.db)).map((row) => alertViewOf(row, locale)),
      recent: (await store.listEndedAlerts(ctx.db, RECENT)).map((row) => alertViewOf(row, locale)),
      webhook: { ...(await stateOf(ctx, 'webhook')), secret: webhookSecret(ctx) },
      mail: await stateOf(ctx, 'mail'),
    }),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: `${path}/test`,
    summary: 'Send a test message to the webhook and by mail, and tell how that went',
    response: alertTestReply,
    handler: async ({ ctx, http, locale }) => {
      const now = new Date(ctx.clock.now()).toISOString();
      const body = JSON.stringify({
        type: 'alert.test',
        timestamp: now,
        data: { text: TEST_TEXTS[locale] },
      } satisfies AlertMessage);
      const on = targetsOf(ctx);
      const test = async (target: Target) => {
        if (!on.includes(target)) return null;
        const error = await trySend(ctx, { id: ctx.ids.next('msg'), target, body }, http.req.raw.signal);
        return { ok: error === null, error };
      };
      const [webhook, mail] = await Promise.all([test('webhook'), test('mail')]);
      return { webhook, mail };
    },
  }),
];

async function stateOf(ctx: AppContext, target: Target) {
  const last = await store.lastMessage(ctx.db, target);
  return {
    on: targetsOf(ctx).includes(target),
    last_sent_at: last ? new Date(last.endedAt ?? last.createdAt).toISOString() : null,
    last_error: last?.error ?? null,
  };
}
