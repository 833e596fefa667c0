// Mails a message through SMTP_URL.
import { createTransport } from 'nodemailer';

import type { AppContext } from '../context.ts';
import type { AlertMessage } from './messages.ts';
import type { MessageRow } from './store.ts';

const TIMEOUT_MS = 15_000;

/** What does not leave this machine needs no TLS. */
const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** @throws Error when the mail server does not take it. */
export async function mailAlert(ctx: AppContext, { id, body }: Pick<MessageRow, 'id' | 'body'>): Promise<void> {
  const { SMTP_URL, MAIL_FROM } = ctx.config;
  const to = ctx.settings.current().alertEmails;
  if (SMTP_URL === undefined || to.length === 0) throw new Error('no mail is set up');
  const url = new URL(SMTP_URL);
  const { type, data } = JSON.parse(body) as AlertMessage;
  const mark = type === 'alert.resolved' ? '✓ ' : '';
  const transport = createTransport({
    host: url.hostname,
    port: Number(url.port || (url.protocol === 'smtps:' ? 465 : 587)),
    secure: url.protocol === 'smtps:',
    // A password is never sent in the clear, also not where somebody in between hides that STARTTLS is offered.
    requireTLS: url.username !== '' && !LOCAL.test(url.hostname),
    ...(url.username
      ? { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }
      : {}),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
  try {
    await transport.sendMail({
      from: MAIL_FROM ?? (decodeURIComponent(url.username) || 'hallpass@localhost'),
      to: [...to],
      subject: `[Hallpass] ${mark}${data.text}`,
      text: [mark + data.text, '', consoleAddress(ctx)].join('\n'),
      messageId: `<${id}@hallpass>`,
    });
  } finally {
    transport.close();
  }
}

function consoleAddress({ config }: AppContext): string {
  return config.PUBLIC_URL === undefined ? '' : `${config.PUBLIC_URL.replace(/\/+$/, '')}/admin`;
}
