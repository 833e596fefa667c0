// Claude Code, the command line client, unmodified, against a real listening server: it says hello, calls a tool of its
// own and finishes, whatever its model's upstream speaks. TEST_CLAUDE names its program; `npm test` installs it.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createGatewayApp, type GatewayApp } from '../../server/testing/gateway-app.ts';
import { startToolUpstreams, type ToolUpstreams } from '../../server/testing/tool-upstreams.ts';

const claude = process.env.TEST_CLAUDE;

let gateway: GatewayApp;
let upstreams: ToolUpstreams;
let home: string;
let url: string;
let key: string;

beforeAll(async () => {
  if (!claude) throw new Error('TEST_CLAUDE names no program');
  home = await mkdtemp(join(tmpdir(), 'hallpass-claude-'));
  await writeFile(join(home, 'note.txt'), 'the hall is open');
  gateway = await createGatewayApp();
  upstreams = startToolUpstreams({ file_path: join(home, 'note.txt') }, 'Read');
  const models = (name: string) => [{ name, upstream_model: 'inside', prices: { prompt: 1, completion: 2 } }];
  const anthropic = { protocol: 'anthropic-messages', auth_type: 'x-api-key' };
  await gateway.addModel('messages', {}, { base_url: upstreams.baseUrl, ...anthropic, models: models('messages') });
  await gateway.addModel('chat', {}, { base_url: upstreams.baseUrl, models: models('chat') });
  key = await gateway.pass({ max_budget: 50 });
  url = await gateway.app.listen();
});
afterAll(async () => {
  upstreams?.[Symbol.dispose]();
  await gateway?.[Symbol.asyncDispose]();
  if (home) await rm(home, { recursive: true, force: true });
});

/** @returns what it printed. */
async function ask(model: string, prompt: string, tools: string): Promise<string> {
  const child = Bun.spawn([claude!, '-p', prompt, '--model', model, '--tools', tools], {
    cwd: home,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_AUTH_TOKEN: key,
      ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: 50_000,
  });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(`${output}\n${errors}`);
  return output.trim();
}

describe.each(['messages', 'chat'])('Claude Code against an upstream of %s', (model) => {
  test('says hello, and is charged what the upstream told', async () => {
    expect(await ask(model, 'hello', '')).toBe('Hello!');
    const call = (await gateway.calls()).at(-1)!;
    expect(call).toMatchObject({ model, endpoint: '/v1/messages', status: 'success', estimated: 0, promptTokens: 11 });
  }, 60_000);

  test('calls a tool and finishes with its result', async () => {
    const answer = await ask(model, 'read the note', 'Read');
    expect(answer).toStartWith('The tool said: ');
    expect(answer).toContain('the hall is open');
  }, 60_000);
});
