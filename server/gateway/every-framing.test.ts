// Every client format over every upstream's, the stream written and cut in every way: the client gets the same, and the same
// is charged. And streams that fail or break off: one ending, in the client's words, and what was used is paid.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';

import { checkInvariants } from '../ledger/invariants.ts';
import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { ANSWER_FEATURES, EVENTS } from './protocols/protocol.suite.ts';
import { SseParser } from './protocols/sse.ts';
import type { UpstreamName } from './protocols/suite/answers.ts';
import { CUTS, cut, FAILURES, FRAMINGS, WHOLE } from './protocols/suite/framings.ts';

let gateway: GatewayApp;
let key: string;
let pieces: Uint8Array[] = [];

const UPSTREAMS = Object.keys(EVENTS) as UpstreamName[];
const insideOf = (upstream: UpstreamName) => (upstream === 'gemini' ? 'gemini-3.8-flash' : `inside ${upstream}`);

beforeAll(async () => {
  gateway = await createGatewayApp();
  key = await gateway.pass({ max_budget: 500 });
  for (const upstream of UPSTREAMS) {
    const prices = { prompt: 2, completion: 8 };
    // Under its own name, so that what goes through is not written anew for the name's sake.
    const models = [{ name: insideOf(upstream), upstream_model: insideOf(upstream), prices }];
    await gateway.addModel(upstream, {}, { protocol: upstream, model_id: undefined, models });
    // The pieces as they are: a socket would put them together again.
    gateway.app.ctx.gateway.protocols[upstream] = async () =>
      new Response(streamOf(pieces), { headers: { 'content-type': 'text/event-stream' } });
  }
});
beforeEach(() => gateway.app.ctx.gateway.health.forget());
afterAll(() => gateway[Symbol.asyncDispose]());

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

const ASKS: Record<string, object> = {
  '/v1/chat/completions': { messages: [{ role: 'user', content: 'hi' }], stream_options: { include_usage: true } },
  '/v1/messages': { max_tokens: 100, messages: [{ role: 'user', content: 'hi' }], thinking: { type: 'adaptive' } },
  '/v1/responses': { input: 'hi' },
  '/v1/completions': { prompt: 'hi' },
};
const pairs = Object.keys(ASKS).flatMap((path) => UPSTREAMS.map((upstream) => [path, upstream] as const));

const nameOf = (data: string): string | undefined => /^\{"type":"([\w.]+)"/.exec(data)?.[1];
const withNames = (events: readonly string[]) =>
  events.map((data) => [data, nameOf(data)] as [string, string | undefined]);
const plainly = (events: readonly string[]) =>
  new TextEncoder().encode(FRAMINGS['lines ended by LF']!(withNames(events)));

function eventsOf(feature: string, upstream: UpstreamName): string[] {
  const gives = ANSWER_FEATURES.find(({ name }) => name === feature)!.gives[upstream]!;
  return EVENTS[upstream]({ ...gives, ...('model' in gives ? { model: insideOf(upstream) } : {}) });
}

interface Seen {
  status: number;
  /** The data of each event, without what differs from call to call. */
  events: string[];
  charged: unknown[];
}

async function seen(path: string, upstream: UpstreamName, sent: Uint8Array[]): Promise<Seen> {
  pieces = sent;
  const json = { model: insideOf(upstream), stream: true, ...ASKS[path] };
  const response = await gateway.app.request(path, { json, token: key });
  const text = (await response.text())
    .replaceAll(/(call|req)_[0-9a-f-]{36}/g, '$1')
    .replaceAll(/"(created(?:_at)?)":\s*\d+/g, '"$1":0');
  const row = (await gateway.calls()).at(-1)!;
  const { status, promptTokens, cachedTokens, completionTokens, reasoningTokens, estimated, costNanos } = row;
  const charged = [status, promptTokens, cachedTokens, completionTokens, reasoningTokens, estimated, costNanos];
  const events = new SseParser();
  return {
    status: response.status,
    events: [...events.push(new TextEncoder().encode(text)), ...events.end()],
    charged,
  };
}

describe.each(pairs)('%s over %s', (path, upstream) => {
  test.each(['Parallel tool calls', 'Reasoning'])(
    '%s: however the stream is written and cut, the same is told and charged',
    async (feature) => {
      const events = eventsOf(feature, upstream);
      const expected = await seen(path, upstream, [plainly(events)]);
      expect(expected.status).toBe(200);
      expect(expected.charged.slice(0, 4)).toEqual(['success', 17, 4, 6]);
      for (const [index, [name, write]] of Object.entries(FRAMINGS).entries())
        for (const sizes of [WHOLE, CUTS[index % CUTS.length]!]) {
          const bytes = new TextEncoder().encode(write(withNames(events)));
          const got = await seen(path, upstream, cut(bytes, sizes));
          // Several lines of data are one event; who relays it as it is writes them on one line.
          expect([name, sizes, got.events.map(squeezed), got.charged]).toEqual([
            name,
            sizes,
            expected.events.map(squeezed),
            expected.charged,
          ]);
        }
    },
  );

  test('a stream that breaks off anywhere ends as cut, once, and what was delivered is charged', async () => {
    const events = eventsOf('Text', upstream);
    const whole = await seen(path, upstream, [plainly(events)]);
    for (let count = 1; count < events.length; count += 1) {
      const got = await seen(path, upstream, [plainly(events.slice(0, count))]);
      const isFinished = events.slice(0, count).some((data) => FINISHED.test(data));
      const [status, promptTokens, , completionTokens, , , costNanos] = got.charged;
      expect([count, status]).toEqual([count, isFinished ? 'success' : 'cut']);
      expect(failuresIn(got.events)).toBe(isFinished ? 0 : 1);
      expect(marksOf(got.events)).toBe(isFinished ? marksOf(whole.events) : 0);
      expect(promptTokens).toBeGreaterThan(0);
      const hasSpoken = got.events.some((data) => data.includes('Hel'));
      if (hasSpoken) expect(completionTokens).toBeGreaterThan(0);
      expect(costNanos).toBeGreaterThan(0);
    }
  });

  test.each(Object.entries(FAILURES[upstream]))(
    '%s as the first event is a failure before anything was said, later the end of the stream',
    async (_name, error) => {
      const events = eventsOf('Text', upstream);
      const first = await seen(path, upstream, [plainly([JSON.stringify(error)])]);
      expect([first.status, first.charged[0], first.charged.at(-1)]).toEqual([502, 'error', 0]);
      gateway.app.ctx.gateway.health.forget();
      const spoken = events.findIndex((data) => data.includes('Hel')) + 1;
      for (const behind of [[], events.slice(-1)]) {
        const later = await seen(path, upstream, [
          plainly([...events.slice(0, spoken), JSON.stringify(error), ...behind]),
        ]);
        expect(later.charged[0]).toBe('cut');
        expect([failuresIn(later.events), marksOf(later.events)]).toEqual([1, 0]);
        expect(JSON.stringify(later.events)).not.toContain('Overloaded');
        expect(later.charged.at(-1)).toBeGreaterThan(0);
      }
    },
  );
});

/** What says that the answer is whole, in an upstream's words. */
const FINISHED = /"finish_reason":"stop"|"stop_reason":"end_turn"|"finishReason":"STOP"|"response.completed"/;

const failuresIn = (events: readonly string[]): number =>
  events.filter((data) => /^\{"error":|^\{"type":"(error|response\.failed)"/.test(data)).length;

/** What tells each client that its answer is whole. */
const marksOf = (events: readonly string[]): number =>
  events.filter((data) => /^\[DONE\]$|"type":"(message_stop|response\.completed)"/.test(data)).length;

function squeezed(data: string): string {
  return data === '[DONE]' ? data : JSON.stringify(JSON.parse(data));
}

test.each(['/v1/chat/completions', '/v1/responses'])('what a failed response used is charged (%s)', async (path) => {
  const usage = { input_tokens: 17, output_tokens: 3, total_tokens: 20 };
  const failed = { type: 'response.failed', response: { status: 'failed', error: { code: 'server_error' }, usage } };
  const events = [...eventsOf('Text', 'openai-responses').slice(0, 5), JSON.stringify(failed)];
  const { charged } = await seen(path, 'openai-responses', [plainly(events)]);
  expect(charged).toEqual(['cut', 17, 0, 3, 0, 0, 17 * 2_000 + 3 * 8_000]);
});

test('after all this the books are right', async () => {
  expect(await checkInvariants(gateway.app.ctx.db as never)).toEqual([]);
});
