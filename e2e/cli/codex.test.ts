// Codex, the command line client, unmodified, against a real listening server: it says hello, calls a tool of its own and
// finishes, whatever its model's upstream speaks. TEST_CODEX names its start script and TEST_NODE the Node that runs it;
// `npm test` installs it.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type CliGateway, MODELS, NOTE, runClient, startCliGateway } from './cli-gateway.ts';

const { TEST_CODEX: codex, TEST_NODE: node = 'node' } = process.env;
let site: CliGateway;

beforeAll(async () => {
  if (!codex) throw new Error('TEST_CODEX names no program');
  site = await startCliGateway('exec_command', (note) => ({ cmd: `cat ${note}` }));
  const provider = { name: 'Hallpass', base_url: `${site.url}/v1`, env_key: 'HALLPASS_KEY', wire_api: 'responses' };
  const lines = Object.entries(provider).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  const text = ['model_provider = "hallpass"', '[model_providers.hallpass]', ...lines, ''].join('\n');
  await writeFile(join(site.home, 'config.toml'), text);
});
afterAll(() => site?.[Symbol.asyncDispose]());

/** With its documented settings alone. @returns what it printed. */
function ask(model: string, prompt: string): Promise<string> {
  // Its own sandbox wants rights that a container lacks.
  const options = ['--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', '--model', model];
  const env = { CODEX_HOME: site.home, HALLPASS_KEY: site.key };
  return runClient([node, codex!, 'exec', ...options, prompt], site.home, env);
}

describe.each(MODELS)('Codex against an upstream of %s', (model) => {
  test('says hello, and is charged what the upstream told', async () => {
    expect(await ask(model, 'hello')).toBe('Hello!');
    const call = (await site.gateway.calls()).at(-1)!;
    expect(call).toMatchObject({ model, endpoint: '/v1/responses', status: 'success', estimated: 0, promptTokens: 11 });
  }, 60_000);

  test('calls a tool and finishes with its result', async () => {
    const answer = await ask(model, 'read the note');
    expect(answer).toStartWith('The tool said: ');
    expect(answer).toContain(NOTE);
  }, 60_000);
});
