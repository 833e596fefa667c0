// What the tests of command line clients share: a gateway that listens, with one model for each wire format an upstream
// may speak, and a folder with a note for the client to read.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createGatewayApp, type GatewayApp } from '../../server/testing/gateway-app.ts';
import { startToolGemini } from '../../server/testing/tool-gemini.ts';
import { startToolUpstreams } from '../../server/testing/tool-upstreams.ts';

/** Named as the format their upstream speaks. */
export const MODELS = ['chat', 'responses', 'messages', 'gemini'] as const;
export const NOTE = 'the hall is open';

export interface CliGateway extends AsyncDisposable {
  gateway: GatewayApp;
  /** Holds `note.txt`; also the client's home. */
  home: string;
  url: string;
  key: string;
}

/** @param tool the client's own tool that upstreams call. @param input what they call it with, the note's path given. */
export async function startCliGateway(
  tool: string,
  input: (note: string) => Record<string, unknown>,
): Promise<CliGateway> {
  const home = await mkdtemp(join(tmpdir(), 'hallpass-cli-'));
  const note = join(home, 'note.txt');
  await writeFile(note, NOTE);
  const gateway = await createGatewayApp();
  const upstreams = startToolUpstreams(input(note), tool);
  const google = startToolGemini(input(note), tool);
  const prices = { prompt: 1, completion: 2 };
  const add = (name: string, channel: Record<string, unknown>, upstreamModel = 'inside') =>
    gateway.addModel(
      name,
      {},
      {
        base_url: upstreams.baseUrl,
        models: [{ name, upstream_model: upstreamModel, prices }],
        ...channel,
      },
    );
  await add('chat', {});
  await add('responses', { protocol: 'openai-responses' });
  await add('messages', { protocol: 'anthropic-messages', auth_type: 'x-api-key' });
  const gemini = { base_url: google.baseUrl, protocol: 'gemini', auth_type: 'x-goog-api-key' };
  await add('gemini', gemini, 'gemini-3.8-flash');
  const key = await gateway.pass({ max_budget: 50 });
  return {
    gateway,
    home,
    url: await gateway.app.listen(),
    key,
    async [Symbol.asyncDispose]() {
      upstreams[Symbol.dispose]();
      google[Symbol.dispose]();
      await gateway[Symbol.asyncDispose]();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Runs a client to its end. @returns what it printed. @throws Error with all it said where it failed. */
export async function runClient(command: string[], home: string, env: Record<string, string>): Promise<string> {
  const child = Bun.spawn(command, {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, ...env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: 50_000,
  });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(`${output}\n${errors}`);
  return output.trim();
}
