// The launcher, run the way npm runs it: by plain Node.
import { expect, test } from 'bun:test';
import { join } from 'node:path';

import { bunPackages } from './bun.mjs';

const LAUNCHER = join(import.meta.dir, 'bun.mjs');

function launch(script: string, env: Record<string, string> = {}) {
  return Bun.spawn(['node', LAUNCHER, '-e', script], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  });
}

const output = (child: ReturnType<typeof launch>): Promise<string> => new Response(child.stdout).text();

test('it runs the pinned Bun and hands back its exit code', async () => {
  const child = launch('process.stdout.write(Bun.version); process.exit(7)');
  const { version } = await Bun.file(join(import.meta.dir, '../node_modules/bun/package.json')).json();
  expect(await output(child)).toBe(version);
  expect(await child.exited).toBe(7);
});

test('it lifts the limit of 256 outgoing requests before Bun starts, and lets the environment set another', async () => {
  const show = 'process.stdout.write(process.env.BUN_CONFIG_MAX_HTTP_REQUESTS)';
  expect(await output(launch(show))).toBe('65336');
  expect(await output(launch(show, { BUN_CONFIG_MAX_HTTP_REQUESTS: '99' }))).toBe('99');
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s goes through to Bun, which decides how to end',
  async (signal) => {
    const child = launch(
      `process.on('${signal}', () => process.exit(3)); process.stdout.write('ready'); setInterval(() => {}, 1e3)`,
    );
    const { value } = await child.stdout.getReader().read();
    expect(new TextDecoder().decode(value)).toBe('ready');
    child.kill(signal);
    expect(await child.exited).toBe(3);
  },
);

test('a Bun that dies of a signal is told as a shell tells it', async () => {
  expect(await launch(`process.kill(process.pid, 'SIGKILL')`).exited).toBe(128 + 9);
});

test.each([
  ['linux', 'x64', false, '@oven/bun-linux-x64'],
  ['linux', 'x64', true, '@oven/bun-linux-x64-musl'],
  ['linux', 'arm64', false, '@oven/bun-linux-aarch64'],
  ['linux', 'arm64', true, '@oven/bun-linux-aarch64-musl'],
  ['darwin', 'arm64', false, '@oven/bun-darwin-aarch64'],
  ['darwin', 'x64', false, '@oven/bun-darwin-x64'],
  ['win32', 'x64', false, '@oven/bun-windows-x64'],
  ['android', 'arm64', false, '@oven/bun-linux-aarch64-android'],
  ['linux', 'ppc64', false, undefined],
  ['sunos', 'x64', false, undefined],
])('%s %s (musl: %p) wants %s', async (platform, arch, isMusl, name) => {
  const [first] = bunPackages(platform, arch, isMusl);
  expect(first).toBe(name);
  const { optionalDependencies } = await Bun.file(join(import.meta.dir, '../node_modules/bun/package.json')).json();
  if (name) expect(optionalDependencies).toHaveProperty(name);
});
