// R05: SIGTERM while 200 streams run. The oracle is what each client received; the ledger has to agree with it.
import { expect, test } from 'bun:test';

import { eventually } from '../testing/gateway-app.ts';
import { brokenPromises, query } from '../testing/inspect.ts';
import { startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { createServerFolder, jsonInit, type ServerProcess, setUpModel } from '../testing/server-process.ts';

const STREAMS = 200;
const WORDS = Array.from({ length: 40 }, (_, i) => ` word${i}`);

interface Stopping {
  server: ServerProcess;
  database: string;
  ask(): Promise<Response>;
  /** What each of the 200 clients received in the end. */
  texts: Promise<string[]>;
}

/** A server with 200 streams of this length, all under way. */
async function withStreams(streamMs: number, check: (stopping: Stopping) => Promise<void>): Promise<void> {
  using upstream = startScriptedUpstream();
  upstream.script('slow', { words: WORDS, wordDelayMs: streamMs / WORDS.length });
  await using folder = await createServerFolder();
  const server = await folder.start();
  const key = await setUpModel(server.url, upstream.baseUrl, 'slow');
  const question = { model: 'slow', stream: true, messages: [{ role: 'user', content: 'hi' }] };
  const ask = () => fetch(`${server.url}/v1/chat/completions`, jsonInit(question, key));
  const answers = await Promise.all(Array.from({ length: STREAMS }, ask));
  expect(answers.map(({ status }) => status)).toEqual(Array(STREAMS).fill(200));
  const texts = Promise.all(answers.map((answer) => answer.text()));
  await check({ server, database: folder.database, ask, texts });
  const rows = query(folder.database, 'select state from calls') as { state: string }[];
  expect(rows.map(({ state }) => state)).toEqual(Array(STREAMS).fill('settled'));
  expect(await brokenPromises(folder.database)).toEqual([]);
}

test(
  'R05: on SIGTERM the server is unready at once, refuses new calls, lets 200 streams finish and ends with 0',
  () =>
    withStreams(10_000, async ({ server, ask, texts }) => {
      server.kill('SIGTERM');
      // A signal may reach a busy process after the next request does.
      await eventually(async () => (await fetch(`${server.url}/readyz`)).status === 503);
      const refused = await ask();
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(((await refused.json()) as { error: { code: string } }).error.code).toBe('server_stopping');
      const whole = (await texts).filter((text) => text.includes(WORDS.at(-1)!) && text.endsWith('data: [DONE]\n\n'));
      expect(whole).toHaveLength(STREAMS);
      expect(await server.exited).toBe(0);
    }),
  60_000,
);

test(
  'R05: a second SIGTERM ends the streams with an error event, every one has its row, and the exit code is 0',
  () =>
    withStreams(10_000, async ({ server, texts }) => {
      server.kill('SIGTERM');
      await Bun.sleep(1_500);
      const secondAt = performance.now();
      server.kill('SIGTERM');
      const ends = (await texts).map((text) => text.trimEnd().split('\n\n').at(-1)!);
      expect(ends.filter((event) => !event.includes('"code":"server_stopping"'))).toEqual([]);
      expect(await server.exited).toBe(0);
      expect(performance.now() - secondAt).toBeLessThan(5_000);
    }),
  60_000,
);

test(
  'R05: Ctrl-C that arrives several times at once is one press',
  () =>
    withStreams(3_000, async ({ server, texts }) => {
      for (let i = 0; i < 3; i += 1) server.kill('SIGINT');
      expect((await texts).filter((text) => !text.endsWith('data: [DONE]\n\n'))).toEqual([]);
      expect(await server.exited).toBe(0);
    }),
  60_000,
);
