// Posts a message, signed as Standard Webhooks asks (https://www.standardwebhooks.com): id, time and body under HMAC-SHA-256.
import { createHmac, hkdfSync } from 'node:crypto';

import type { AppContext } from '../context.ts';
import { checkedFetch } from '../lib/outbound.ts';
import type { MessageRow } from './store.ts';

const TIMEOUT_MS = 10_000;
const PREFIX = 'whsec_';

/** What the receiver checks signatures with; made from SECRET_KEY, so that it is the same on every server and kept nowhere. */
export function webhookSecret({ config }: Pick<AppContext, 'config'>): string {
  const key = hkdfSync('sha256', config.SECRET_KEY ?? '', '', 'hallpass alert webhook v1', 32);
  return PREFIX + Buffer.from(key).toString('base64');
}

/** @throws Error unless the receiver answers 2xx within 10 s. Private addresses are never called. */
export async function postAlert(
  ctx: AppContext,
  { id, body }: Pick<MessageRow, 'id' | 'body'>,
  signal: AbortSignal,
): Promise<void> {
  const url = ctx.settings.current().alertWebhookUrl;
  if (url === null) throw new Error('no webhook is set up');
  const seconds = Math.floor(ctx.clock.now() / 1_000);
  const response = await checkedFetch(
    url,
    {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Hallpass',
        'webhook-id': id,
        'webhook-timestamp': String(seconds),
        'webhook-signature': sign(webhookSecret(ctx), `${id}.${seconds}.${body}`),
      },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    },
    { allowPrivate: ctx.config.ALLOW_PRIVATE_WEBHOOKS },
  );
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the receiver answered ${response.status}`);
}

function sign(secret: string, content: string): string {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}
