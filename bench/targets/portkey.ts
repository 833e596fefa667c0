// Portkey's open-source gateway on Node, from npm, kept outside the product's packages.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { npm } from '../../scripts/lib/install.mjs';
import { CACHE, freePort, startTarget, untilReady } from '../spawn.ts';
import { bearer, type Target } from './target.ts';

const VERSION = '1.15.2';
const folder = join(CACHE, `portkey-${VERSION}`);
const script = join(folder, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js');

/** The Node that runs the launcher: under Bun, `process.execPath` is Bun, on which Portkey hangs. @throws Error when there is none. */
function nodeProgram(): string {
  const path = Bun.which('node');
  if (path) return path;
  throw new Error('there is no Node on the path');
}

export const portkey: Target = {
  name: 'portkey',
  title: `Portkey ${VERSION}`,
  on: 'As it comes (`--headless`): routing by headers and answers in OpenAI’s form. It has no keys, limits, budgets or ledger of its own.',
  async install() {
    if (existsSync(script)) return;
    const name = `@portkey-ai/gateway@${VERSION}`;
    const code = await npm(['install', '--prefix', folder, '--no-save', '--no-package-lock', '--no-audit', name]);
    if (code !== 0 || !existsSync(script)) throw new Error(`npm could not install ${name}.`);
  },
  async start(upstreamPort) {
    const port = freePort();
    const env = { NODE_ENV: 'production', TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost' };
    const command = [nodeProgram(), script, '--headless', `--port=${port}`];
    const child = startTarget(command, { name: 'portkey', env });
    const readyMs = await untilReady(child, `http://127.0.0.1:${port}/`);
    const headers = {
      ...bearer('sk-bench'),
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
    };
    return {
      port,
      path: '/v1/chat/completions',
      callers: [headers],
      pids: [child.pid],
      readyMs,
      refusals: {},
      stop: child.stop,
    };
  },
};
