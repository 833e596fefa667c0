import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';

import { createCertificate } from '../testing/certificate.ts';

const certificates = new Map(['a.test', 'b.test'].map((name) => [name, createCertificate(name)]));
const requests: { connection: number; sni: unknown; host: string | undefined }[] = [];
let connections = 0;
let folder: string;
let server: tls.Server;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hallpass-tls-'));
  await writeFile(join(folder, 'trusted.pem'), [...certificates.values()].map(({ cert }) => cert).join(''));
  const contexts = new Map([...certificates].map(([name, pair]) => [name, tls.createSecureContext(pair)]));
  const options = {
    ...certificates.get('a.test')!,
    SNICallback: (name: string, done: (error: null, context?: tls.SecureContext) => void) =>
      done(null, contexts.get(name)),
  };
  server = tls.createServer(options, (socket) => {
    const connection = ++connections;
    socket.on('error', () => {});
    socket.on('data', (data: Buffer) => {
      const host = /^host: (.*)\r$/im.exec(data.toString())?.[1];
      requests.push({ connection, sni: (socket as tls.TLSSocket & { servername?: unknown }).servername, host });
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

async function callOut(names: string[], trusted: boolean): Promise<string[]> {
  const urls = names.map((name) => `https://${name}:${port}/v1/models`);
  const child = Bun.spawn([process.execPath, join(import.meta.dir, '../testing/call-out.ts'), '127.0.0.1', ...urls], {
    env: trusted ? { NODE_EXTRA_CA_CERTS: join(folder, 'trusted.pem') } : {},
    stdout: 'pipe',
  });
  return JSON.parse(await new Response(child.stdout).text()) as string[];
}

test('a certificate is checked for the name although the connection goes to the number, and connections are kept by name', async () => {
  const answers = await callOut(['a.test', 'a.test', 'b.test', 'a.test', 'c.test'], true);
  expect(answers).toEqual(['ok', 'ok', 'ok', 'ok', 'ERR_TLS_CERT_ALTNAME_INVALID']);
  const host = (name: string) => `${name}:${port}`;
  const [a, b] = [requests[0]!.connection, requests[2]!.connection];
  expect(a).not.toBe(b);
  expect(requests).toEqual([
    { connection: a, sni: 'a.test', host: host('a.test') },
    { connection: a, sni: 'a.test', host: host('a.test') },
    { connection: b, sni: 'b.test', host: host('b.test') },
    { connection: a, sni: 'a.test', host: host('a.test') },
  ]);
});

test('a certificate nobody vouches for is refused', async () => {
  requests.length = 0;
  const [answer] = await callOut(['a.test'], false);
  expect(answer).toMatch(/CERT|SIGNATURE|ISSUER/);
  expect(requests).toEqual([]);
});
