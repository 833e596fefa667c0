// What is left when the shell between npm and a script is ended, as `kill` of npm does.
import { expect, test } from 'bun:test';
import { join } from 'node:path';

const MODULE = join(import.meta.dir, 'orphan.mjs');

/** A shell, in it a script that says how it ends, as npm starts it. */
async function startInShell(env: Record<string, string>) {
  const script =
    `import { endWithNpm } from ${JSON.stringify(MODULE)};` +
    `process.on('SIGTERM', () => { console.log('told to stop'); process.exit(); });` +
    `setTimeout(() => { console.log('left alone'); process.exit(); }, 1500);` +
    `endWithNpm(); console.log('ready');`;
  const shell = Bun.spawn(['sh', '-c', 'node --input-type=module -e "$0"; true', script], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdout: 'pipe',
  });
  const reader = shell.stdout.getReader();
  const next = async () => new TextDecoder().decode((await reader.read()).value).trim();
  expect(await next()).toBe('ready');
  return { shell, next };
}

test('a script that npm runs is told to stop when npm’s shell has ended', async () => {
  const { shell, next } = await startInShell({ npm_lifecycle_event: 'start' });
  shell.kill('SIGTERM');
  expect(await next()).toBe('told to stop');
});

test('a script started by hand outlives its shell', async () => {
  const { shell, next } = await startInShell({});
  shell.kill('SIGTERM');
  expect(await next()).toBe('left alone');
});

test('while the shell lives nothing is told', async () => {
  const { next } = await startInShell({ npm_lifecycle_event: 'start' });
  expect(await next()).toBe('left alone');
});
