// Alerts through real mail servers: with TLS, with a password, with neither; and names that would be headers.
import { afterEach, expect, test } from 'bun:test';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

import type { AlertTest } from '@hallpass/shared/alerts.ts';

import { createCertificate } from '../testing/certificate.ts';
import { createGatewayApp } from '../testing/gateway-app.ts';
import { mailAlert } from './mail.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function startMailServer(options: SMTPServerOptions) {
  const got: { to: string[]; user: unknown; secure: boolean; text: string }[] = [];
  const server = new SMTPServer({
    ...options,
    onAuth: ({ username, password }, _session, done) =>
      password === 'right' ? done(null, { user: username }) : done(new Error('no such user')),
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        got.push({ to, user: session.user, secure: session.secure, text });
        done();
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { got, port: (server.server.address() as { port: number }).port };
}

/** What the test button says when mail goes there. */
async function tried(SMTP_URL: string): Promise<AlertTest['mail']> {
  await using gateway = await createGatewayApp({ SMTP_URL, MAIL_FROM: 'hallpass@school.example' });
  const send = (method: string, path: string, json?: object) =>
    gateway.app.request(path, { method, token: gateway.admin, ...(json ? { json } : {}) });
  await send('PUT', '/api/admin/config', { alert_emails: ['it@school.example'] });
  return ((await (await send('POST', '/api/admin/alerts/test')).json()) as AlertTest).mail;
}

test('a right password opens, a wrong one is told with the server’s own words and is not shown', async () => {
  const { got, port } = await startMailServer({ authOptional: false, disabledCommands: ['STARTTLS'] });
  expect(await tried(`smtp://me%40school:right@127.0.0.1:${port}`)).toEqual({ ok: true, error: null });
  expect(got).toMatchObject([{ to: ['it@school.example'], user: 'me@school' }]);
  const wrong = await tried(`smtp://me:wrong-password@127.0.0.1:${port}`);
  expect(wrong!.ok).toBe(false);
  expect(wrong!.error).toContain('535');
  expect(wrong!.error).not.toContain('wrong-password');
  expect(got).toHaveLength(1);
});

test('STARTTLS is used where it is offered, and a certificate nobody vouches for is refused', async () => {
  const { cert, key } = createCertificate('localhost');
  const { got, port } = await startMailServer({ authOptional: true, cert, key });
  const mail = await tried(`smtp://127.0.0.1:${port}`);
  expect(mail).toMatchObject({ ok: false, error: expect.stringMatching(/certificate|self.signed/i) });
  expect(got).toEqual([]);
});

test('a password is not sent in the clear over a network: without STARTTLS nothing is sent', async () => {
  const { got, port } = await startMailServer({ authOptional: true, disabledCommands: ['STARTTLS'] });
  // A name of this machine that is none of the loopback ones mail may be sent to without TLS.
  const mail = await tried(`smtp://me:right@0.0.0.0:${port}`);
  expect(mail).toMatchObject({ ok: false, error: expect.stringMatching(/STARTTLS/) });
  expect(got).toEqual([]);
  expect(await tried(`smtp://0.0.0.0:${port}`)).toEqual({ ok: true, error: null });
});

test('nobody there is told within seconds', async () => {
  expect(await tried('smtp://127.0.0.1:1')).toMatchObject({
    ok: false,
    error: expect.stringContaining('ECONNREFUSED'),
  });
});

test('a name with line breaks makes no header and no second mail', async () => {
  const { got, port } = await startMailServer({ authOptional: true, disabledCommands: ['STARTTLS'] });
  await using gateway = await createGatewayApp({
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    MAIL_FROM: 'hallpass@school.example',
  });
  const json = { alert_emails: ['it@school.example'] };
  await gateway.app.request('/api/admin/config', { method: 'PUT', json, token: gateway.admin });
  const text = '7b\r\nBcc: thief@example.com\r\nX-Evil: 1\r\n\r\n.\r\nMAIL FROM:<x@y.z>';
  const body = JSON.stringify({ type: 'alert.raised', timestamp: '', data: { text } });
  await mailAlert(gateway.app.ctx, { id: 'msg_1', body });
  expect(got).toHaveLength(1);
  expect(got[0]!.to).toEqual(['it@school.example']);
  const [head] = got[0]!.text.split('\r\n\r\n');
  expect(head!.split('\r\n').some((line) => /^(bcc|x-evil|mail from):?/i.test(line))).toBe(false);
});
