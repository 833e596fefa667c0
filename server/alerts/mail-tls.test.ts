// Mail over TLS from a server process that trusts the mail server's certificate: from the first byte (`smtps://`, port
// 465 elsewhere) and by STARTTLS; a certificate for another name, a name it does not trust, and a server that is busy.
import { afterEach, beforeAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

import type { AlertsReply, AlertTest } from '@hallpass/shared/alerts.ts';

import { createCertificate } from '../testing/certificate.ts';
import { createGatewayApp } from '../testing/gateway-app.ts';
import { adminToken, createServerFolder, jsonInit } from '../testing/server-process.ts';
import { enqueue, RETRIES_MS, sendDue } from './messages.ts';

const trusted = createCertificate('localhost');
const other = createCertificate('elsewhere.example');
const stops: (() => Promise<void> | void)[] = [];
let authorities: string;
beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'hallpass-authorities-'));
  authorities = join(folder, 'authorities.pem');
  writeFileSync(authorities, trusted.cert + other.cert);
  return () => rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Got {
  secure: boolean;
  user: unknown;
  text: string;
}

async function startMailServer(options: SMTPServerOptions) {
  const got: Got[] = [];
  const server = new SMTPServer({
    onAuth: ({ username, password }, _session, done) =>
      password === 'right' ? done(null, { user: username }) : done(new Error('no such user')),
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        got.push({ secure: session.secure, user: session.user, text });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { got, port: (server.server.address() as { port: number }).port };
}

/** What the test button says in a server process of its own, which trusts both authorities. */
async function tried(SMTP_URL: string, env: Record<string, string> = { NODE_EXTRA_CA_CERTS: authorities }) {
  await using folder = await createServerFolder();
  const { url } = await folder.start({ SMTP_URL, MAIL_FROM: 'hallpass@school.example', ...env });
  const token = await adminToken(url);
  const config = jsonInit({ alert_emails: ['it@school.example'] }, token);
  await fetch(`${url}/api/admin/config`, { ...config, method: 'PUT' });
  const response = await fetch(`${url}/api/admin/alerts/test`, jsonInit({}, token));
  return ((await response.json()) as AlertTest).mail;
}

test('smtps: TLS from the first byte, the password inside it', async () => {
  const { got, port } = await startMailServer({ secure: true, ...trusted });
  expect(await tried(`smtps://me:right@localhost:${port}`)).toEqual({ ok: true, error: null });
  expect(got).toMatchObject([{ secure: true, user: 'me', text: expect.stringContaining('To: it@school.example') }]);
}, 60_000);

test('STARTTLS: the password is asked for and given only after it', async () => {
  const { got, port } = await startMailServer({ ...trusted, allowInsecureAuth: false });
  expect(await tried(`smtp://me:right@localhost:${port}`)).toEqual({ ok: true, error: null });
  expect(got).toMatchObject([{ secure: true, user: 'me' }]);
}, 60_000);

test('a wrong password inside TLS is told in the server’s own words', async () => {
  const { got, port } = await startMailServer({ secure: true, ...trusted });
  const mail = await tried(`smtps://me:wrong-password@localhost:${port}`);
  expect(mail!.ok).toBe(false);
  expect(mail!.error).toContain('535');
  expect(mail!.error).not.toContain('wrong-password');
  expect(got).toEqual([]);
}, 60_000);

test('a certificate for another name, and one nobody vouches for: no password and no mail', async () => {
  const asked: string[] = [];
  const onAuth: SMTPServerOptions['onAuth'] = ({ username }, _session, done) => {
    asked.push(String(username));
    done(null, { user: username });
  };
  for (const secure of [true, false]) {
    const scheme = secure ? 'smtps' : 'smtp';
    const misnamed = await startMailServer({ secure, ...other, onAuth });
    expect(await tried(`${scheme}://me:right@localhost:${misnamed.port}`)).toMatchObject({
      ok: false,
      error: expect.stringMatching(/altnames|hostname/i),
    });
    const unknown = await startMailServer({ secure, ...trusted, onAuth });
    expect(await tried(`${scheme}://me:right@localhost:${unknown.port}`, {})).toMatchObject({
      ok: false,
      error: expect.stringMatching(/certificate|self.signed/i),
    });
    expect([misnamed.got, unknown.got]).toEqual([[], []]);
  }
  expect(asked).toEqual([]);
}, 120_000);

test('a server without TLS behind smtps:// is given up in time', async () => {
  const { got, port } = await startMailServer({ disabledCommands: ['STARTTLS'], authOptional: true });
  expect(await tried(`smtps://me:right@localhost:${port}`)).toMatchObject({ ok: false });
  expect(got).toEqual([]);
}, 60_000);

test('greylisting: a 4xx is tried again when its time has come, with the same Message-ID, and arrives once', async () => {
  let refusals = 2;
  const { got, port } = await startMailServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo(_address, _session, done) {
      refusals -= 1;
      if (refusals < 0) return done();
      done(Object.assign(new Error('greylisted, come back later'), { responseCode: 451 }));
    },
  });
  await using gateway = await createGatewayApp({
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    MAIL_FROM: 'hallpass@school.example',
  });
  const { app } = gateway;
  const send = (method: string, path: string, json?: object) =>
    app.request(path, { method, token: gateway.admin, ...(json ? { json } : {}) });
  await send('PUT', '/api/admin/config', { alert_emails: ['it@school.example'] });
  const alert = { kind: 'channel_down', level: 'critical', subjectId: 'c', subjectName: 'c', detail: '{}' };
  const row = { id: 'alert_1', ...alert, raisedAt: app.clock.now(), resolvedAt: null };
  await app.ctx.db.transaction().execute((db) => enqueue(app.ctx, db, 'alert.raised', row));
  const deliver = () => sendDue(app.ctx, new AbortController().signal);
  const lastError = async () =>
    ((await (await send('GET', '/api/admin/alerts')).json()) as AlertsReply).mail.last_error;

  for (const wait of RETRIES_MS.slice(0, 2)) {
    expect(await deliver()).toBe(1);
    expect([got.length, await lastError()]).toEqual([0, expect.stringContaining('451')]);
    app.clock.advance(wait - 1);
    expect(await deliver()).toBe(0);
    app.clock.advance(1);
  }
  expect(await deliver()).toBe(1);
  expect([got.length, await lastError(), await deliver()]).toEqual([1, null, 0]);
  expect(got[0]!.text).toMatch(/^Message-ID: <msg_[^>]+@hallpass>/m);
});
