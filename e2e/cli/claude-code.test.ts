// Claude Code, the command line client, unmodified, against a real listening server: it says hello, calls a tool of its
// own and finishes, whatever its model's upstream speaks. TEST_CLAUDE names its program; `npm test` installs it.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { type CliGateway, MODELS, NOTE, runClient, startCliGateway } from './cli-gateway.ts';

const claude = process.env.TEST_CLAUDE;
let site: CliGateway;

beforeAll(async () => {
  if (!claude) throw new Error('TEST_CLAUDE names no program');
  site = await startCliGateway('Read', (note) => ({ file_path: note }));
});
afterAll(() => site?.[Symbol.asyncDispose]());

/** With its documented settings alone. @returns what it printed. */
function ask(model: string, prompt: string, tools: string): Promise<string> {
  return runClient([claude!, '-p', prompt, '--model', model, '--tools', tools], site.home, {
    ANTHROPIC_BASE_URL: site.url,
    ANTHROPIC_AUTH_TOKEN: site.key,
    ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  });
}

describe.each(MODELS)('Claude Code against an upstream of %s', (model) => {
  test('says hello, and is charged what the upstream told', async () => {
    expect(await ask(model, 'hello', '')).toBe('Hello!');
    const call = (await site.gateway.calls()).at(-1)!;
    expect(call).toMatchObject({ model, endpoint: '/v1/messages', status: 'success', estimated: 0, promptTokens: 11 });
  }, 60_000);

  test('calls a tool and finishes with its result', async () => {
    const answer = await ask(model, 'read the note', 'Read');
    expect(answer).toStartWith('The tool said: ');
    expect(answer).toContain(NOTE);
  }, 60_000);
});
