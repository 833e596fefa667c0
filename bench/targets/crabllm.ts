// crabllm from crates.io: the one gateway in Go or Rust that could be installed from its registry here (README.md says
// which others were tried). It has keys, limits, budgets and usage, counted in its store after each answer.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { findProgram } from '../../scripts/lib/system.mjs';
import { capture } from '../../scripts/lib/run.mjs';
import { MODEL } from '../answers.ts';
import { CACHE, freePort, startTarget, untilReady } from '../spawn.ts';
import { bearer, type Target } from './target.ts';

const VERSION = '0.0.25';
const SEATS = 40;
/** So high that nothing is refused, and so that every check still has to be made. */
const HIGH = 2_000_000_000;
const BUDGET_DOLLARS = 1_000_000;

const folder = join(CACHE, `crabllm-${VERSION}`);
const program = join(folder, 'bin', 'crabllm');
const keyOf = (name: string) => `sk-bench-${name}`;
const seats = Array.from({ length: SEATS }, (_, seat) => `seat${seat}`);

export const crabllm: Target = {
  name: 'crabllm',
  title: `crabllm ${VERSION}`,
  on:
    'A Rust gateway with its SQLite store: 40 keys with RPM and TPM, a budget each, prices, usage. It counts after the ' +
    'answer: calls at once can overspend, and what it has not written when it ends is lost.',
  async install() {
    if (existsSync(program)) return;
    const cargo = findProgram('cargo');
    if (!cargo) throw new Error('cargo is not on the path.');
    const args = ['install', '--locked', '--features', 'storage-sqlite', '--root', folder, `crabllm@${VERSION}`];
    const { code, output } = await capture(cargo, args);
    if (code !== 0) throw new Error(`cargo could not install it: ${output.trim().split('\n').slice(-2).join(' ')}`);
  },
  async start(upstreamPort) {
    const port = freePort();
    const data = join(folder, 'run');
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'crabllm.toml'), configuration(port, upstreamPort));
    const child = startTarget([program, 'serve', '--config', 'crabllm.toml'], { name: 'crabllm', cwd: data });
    const readyMs = await untilReady(child, `http://127.0.0.1:${port}/v1/models`);
    return {
      port,
      path: '/v1/chat/completions',
      callers: seats.map((seat) => bearer(keyOf(seat))),
      pids: [child.pid],
      readyMs,
      refusals: {
        key: { headers: bearer('sk-wrong'), status: 401 },
        rate: { headers: bearer(keyOf('limited')), status: 429 },
      },
      stop: child.stop,
    };
  },
};

const configuration = (port: number, upstreamPort: number) => `
listen = "127.0.0.1:${port}"
openapi = false
${[...seats.map((seat) => key(seat, HIGH)), key('limited', 0)].join('')}
[storage]
kind = "sqlite"
path = "crabllm.db"
[providers.bench]
kind = "openai"
base_url = "http://127.0.0.1:${upstreamPort}/v1"
api_key = "sk-upstream"
models = ["${MODEL}"]
[models."${MODEL}".pricing]
input_cost_per_million = 1.0
output_cost_per_million = 2.0
[extensions]
rate_limit = { requests_per_minute = ${HIGH}, tokens_per_minute = ${HIGH} }
usage = {}
budget = { default_budget = ${BUDGET_DOLLARS}.0 }
`;

const key = (name: string, rpm: number) => `
[[keys]]
name = "${name}"
key = "${keyOf(name)}"
models = ["*"]
rate_limit = { requests_per_minute = ${rpm}, tokens_per_minute = ${HIGH} }
`;
