// A real nginx or HAProxy in front of a server, for tests; TEST_NGINX and TEST_HAPROXY name the programs.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from './server-process.ts';

export const PROXIES = ['nginx', 'haproxy'] as const;
export type ProxyName = (typeof PROXIES)[number];

export const proxyProgram = (name: ProxyName): string | undefined =>
  process.env[`TEST_${name.toUpperCase()}`] || undefined;

export interface Proxy extends AsyncDisposable {
  port: number;
}

/** In front of the server at this port of the loopback address, on a port of its own. */
export async function startProxy(name: ProxyName, target: number): Promise<Proxy> {
  const folder = await mkdtemp(join(tmpdir(), `hallpass-${name}-`));
  const port = freePort();
  const file = join(folder, 'proxy.conf');
  await Bun.write(file, await (name === 'nginx' ? nginxConfig : haproxyConfig)({ port, target, folder }));
  const program = proxyProgram(name)!;
  const command = name === 'nginx' ? [program, '-p', folder, '-e', 'stderr', '-c', file] : [program, '-db', '-f', file];
  const child = Bun.spawn(command, { stdout: 'ignore', stderr: 'pipe' });
  await listening(port, child);
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await child.exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Parts {
  port: number;
  target: number;
  folder: string;
}

/** The server block that compose.scale.yaml ships, at other addresses. */
async function nginxConfig({ port, target, folder }: Parts): Promise<string> {
  const shipped = await Bun.file(join(import.meta.dir, '../../compose.scale.yaml')).text();
  const block = /^ {6}server \{[\s\S]*?^ {6}\}/m.exec(shipped)?.[0];
  if (!block) throw new Error('compose.scale.yaml has no server block');
  const server = block.replaceAll('$$', '$').replace('listen 8000;', `listen 127.0.0.1:${port};`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  return `daemon off; master_process off; pid ${folder}/pid; events {}
    http { access_log off; ${temporary.join(' ')}
      upstream hallpass { server 127.0.0.1:${target}; keepalive 64; }
      ${server}
    }`;
}

async function haproxyConfig({ port, target }: Parts): Promise<string> {
  return `global
  maxconn 100
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 2s
  timeout client 10s
  timeout server 10s
frontend school
  bind 127.0.0.1:${port}
  default_backend hallpass
backend hallpass
  server one 127.0.0.1:${target}
`;
}

async function listening(port: number, child: Bun.Subprocess<'ignore', 'ignore', 'pipe'>): Promise<void> {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline; await Bun.sleep(20)) {
    if (child.exitCode !== null) throw new Error(await new Response(child.stderr).text());
    if (await fetch(`http://127.0.0.1:${port}/livez`).catch(() => undefined)) return;
  }
  child.kill('SIGKILL');
  throw new Error('the proxy did not start');
}
