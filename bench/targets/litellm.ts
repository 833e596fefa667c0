// LiteLLM's proxy from PyPI, in a virtual environment of its own. Without a database it knows one master key; with one
// it has keys, limits, budgets and a log of spend, which is what Hallpass is to be compared with.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startPostgres } from '../../scripts/lib/postgres.mjs';
import { capture } from '../../scripts/lib/run.mjs';
import { MODEL } from '../answers.ts';
import { CACHE, freePort, pinToTarget, startTarget, untilReady } from '../spawn.ts';
import { bearer, postJson, type Running, type Target } from './target.ts';

const VERSION = '1.108.7';
const PRISMA = '0.15.0';
const MASTER_KEY = 'sk-bench-litellm';
const SEATS = 40;
/** So high that nothing is refused, and so that every check still has to be made. */
const HIGH = 2_000_000_000;
const BUDGET_DOLLARS = 1_000_000;

const folder = join(CACHE, `litellm-${VERSION}`);
const program = (name: string) => join(folder, 'bin', name);

export const litellm: Target = {
  name: 'litellm',
  title: `LiteLLM ${VERSION}`,
  on: 'One worker, no database: one master key is compared. Nothing is counted, limited or stored.',
  install,
  start: (upstreamPort) => start({ name: 'litellm', upstreamPort, env: {} }),
};

export const litellmDatabase: Target = {
  name: 'litellm-db',
  title: `LiteLLM ${VERSION}, PostgreSQL`,
  on:
    'One worker; virtual keys of one team with RPM, TPM and budget each; spend is written behind the answers, in ' +
    'batches. PostgreSQL runs on the same core; its CPU is in the figures.',
  async install() {
    await install();
    const schema = (
      await must(program('python'), ['-c', 'import litellm, os; print(os.path.dirname(litellm.__file__))'])
    ).trim();
    await must(program('prisma'), ['generate', '--schema', join(schema, 'proxy', 'schema.prisma')]);
  },
  async start(upstreamPort) {
    const postgres = await startPostgres({ durable: true });
    pinToTarget(postgres.pid);
    try {
      const running = await start({ name: 'litellm-db', upstreamPort, env: { DATABASE_URL: postgres.url } });
      const stop = async () => {
        await running.stop();
        await postgres.stop();
      };
      return { ...running, ...(await keys(running.port)), databasePids: [postgres.pid], stop };
    } catch (error) {
      await postgres.stop();
      throw error;
    }
  },
};

async function install(): Promise<void> {
  if (existsSync(program('litellm'))) return;
  await must('python3', ['-m', 'venv', folder]);
  await must(program('pip'), ['install', '--quiet', `litellm[proxy]==${VERSION}`, `prisma==${PRISMA}`]);
}

/** @throws Error with the last of what the command said. */
async function must(command: string, args: string[]): Promise<string> {
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
  const { code, output } = await capture(command, args, { env });
  if (code !== 0) throw new Error(`${command} ${args[0]} failed: ${output.trim().split('\n').slice(-2).join(' ')}`);
  return output;
}

interface Start {
  name: string;
  upstreamPort: number;
  env: Record<string, string>;
}

async function start({ name, upstreamPort, env }: Start): Promise<Running> {
  const port = freePort();
  mkdirSync(join(folder, name), { recursive: true });
  const config = join(folder, name, 'config.yaml');
  writeFileSync(config, JSON.stringify(configuration(upstreamPort)));
  const settings = {
    // It would fetch a list of prices from the net, and say what it does on every call.
    LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    LITELLM_LOG: 'ERROR',
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    ...env,
  };
  const command = [program('litellm'), '--config', config, '--host', '127.0.0.1', '--port', String(port)];
  const child = startTarget([...command, '--num_workers', '1'], { name, env: settings });
  const readyMs = await untilReady(child, `http://127.0.0.1:${port}/health/liveliness`);
  return {
    port,
    path: '/v1/chat/completions',
    callers: [bearer(MASTER_KEY)],
    pids: [child.pid],
    readyMs,
    // Without a database a key it does not know is a bad request: it cannot look it up.
    refusals: { key: { headers: bearer('sk-wrong'), status: 400 } },
    stop: child.stop,
  };
}

/** YAML takes JSON. */
const configuration = (upstreamPort: number) => ({
  model_list: [
    {
      model_name: MODEL,
      litellm_params: {
        model: `openai/${MODEL}`,
        api_base: `http://127.0.0.1:${upstreamPort}/v1`,
        api_key: 'sk-upstream',
        input_cost_per_token: 1e-6,
        output_cost_per_token: 2e-6,
      },
    },
  ],
  general_settings: { master_key: MASTER_KEY },
});

async function keys(port: number): Promise<Pick<Running, 'callers' | 'refusals'>> {
  const url = `http://127.0.0.1:${port}`;
  const limits = { max_budget: BUDGET_DOLLARS, rpm_limit: HIGH, tpm_limit: HIGH };
  const { team_id } = await postJson(`${url}/team/new`, { team_alias: 'bench', ...limits }, MASTER_KEY);
  const key = async (fields: object) => {
    const made = await postJson(`${url}/key/generate`, { team_id, ...limits, ...fields }, MASTER_KEY);
    return bearer(made.key as string);
  };
  const callers = [];
  for (let seat = 0; seat < SEATS; seat++) callers.push(await key({ key_alias: `seat ${seat}` }));
  return {
    callers,
    refusals: {
      key: { headers: bearer('sk-wrong'), status: 401 },
      rate: { headers: await key({ rpm_limit: 0 }), status: 429 },
    },
  };
}
