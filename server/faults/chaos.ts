// Calls through channels that flap and keys that die, with two journals: the upstream's and the clients'. Afterwards
// the ledger has to say the same as both.
import { checkInvariants } from '../ledger/invariants.ts';
import { secondOpinion } from '../ledger/second-opinion.ts';
import { createGatewayApp, PRICES } from '../testing/gateway-app.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { testEngine } from '../testing/test-database.ts';
import { answer, type Fault, good, GOOD_EVENTS, startFaultUpstream, stream } from '../testing/fault-upstream.ts';

export interface ChaosReport {
  calls: number;
  answered: number;
  failed: number;
  cut: number;
  /** Keys that were taken out of use. */
  deadKeys: number;
  /** What was found wrong; empty = all is well. */
  wrong: string[];
}

/** What an upstream did with a request, as it tells it itself; `reset`, a connection torn down unanswered. */
type Deed = 'good' | 'cut' | 'page' | 'reset' | 401 | 429 | 500 | 503;
type Journal = Map<Deed, number>;

const CHANNELS = 3;
/** The requests, of all channels together, that are answered with 401: five keys die, whoever asks in which order. */
const KEY_DIES_AT = new Set([60, 160, 260, 360, 460]);
const KEYS_PER_CHANNEL = 4;
const AT_ONCE = 32;
/** Statuses a client may be given when every try failed. */
const HONEST = new Set([429, 502, 503, 504]);

/** @param seed replays the upstream's moods; the interleaving is the machine's own. */
export async function runChaos(count: number, seed: number): Promise<ChaosReport> {
  await using gateway = await createGatewayApp();
  const random = seededRandom(seed);
  const journal: Journal = new Map();
  const upstreams = await Promise.all(Array.from({ length: CHANNELS }, () => startFaultUpstream()));
  using _all = { [Symbol.dispose]: () => upstreams.forEach((upstream) => upstream[Symbol.dispose]()) };
  for (const [i, upstream] of upstreams.entries()) {
    upstream.fault('up', flapping(random, journal));
    await gateway.addModel(
      'm',
      {},
      {
        name: `flapping ${i}`,
        base_url: upstream.baseUrl,
        api_key: undefined,
        api_keys: Array.from({ length: KEYS_PER_CHANNEL }, (_, k) => ({ key: `sk-chaos-${i}-${k}` })),
        key_usage_mode: 'round_robin',
        models: [{ name: 'm', upstream_model: 'up', prices: PRICES, priority: 1 }],
      },
    );
  }
  const pass = await gateway.pass({ max_budget: 1_000 });
  const report: ChaosReport = { calls: count, answered: 0, failed: 0, cut: 0, deadKeys: 0, wrong: [] };
  let next = 0;
  const client = async () => {
    while (next < count) {
      const streamed = next++ % 2 === 0;
      const response = await gateway.chat(pass, { stream: streamed });
      judge(report, response.status, await response.text(), streamed);
      // Time goes on, so that what rests comes back.
      gateway.app.clock.advance(40);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  await compare(report, gateway, journal);
  return report;
}

/** In spells: well for a while, then failing in one way for a while. */
function flapping(random: () => number, journal: Journal): Fault {
  let left = 0;
  let mood = MOODS[0]!;
  const note = (deed: Deed) => journal.set(deed, (journal.get(deed) ?? 0) + 1);
  return (socket, request) => {
    if (KEY_DIES_AT.has(requestsIn(journal) + 1)) {
      note(401);
      return failing(401)(socket, request);
    }
    if (left-- <= 0) {
      left = 5 + Math.floor(random() * 30);
      mood = MOODS[Math.floor(random() * MOODS.length)]!;
    }
    const [deed, fault] = mood(request.stream);
    note(deed);
    fault(socket, request);
  };
}

const requestsIn = (journal: Journal) => [...journal.values()].reduce((sum, count) => sum + count, 0);

const failing = (status: number, headers: Record<string, string> = {}) =>
  answer(status, JSON.stringify({ error: { message: `chaos ${status}` } }), headers);

type Mood = (streamed: boolean) => readonly [Deed, Fault];

const well: Mood = () => ['good', good];

const MOODS: readonly Mood[] = [
  well,
  well,
  well,
  () => [500, failing(500)],
  () => [429, failing(429, { 'retry-after-ms': '400' })],
  () => ['reset', (socket) => void socket.resetAndDestroy()],
  () => ['page', answer(200, '<html>maintenance</html>', { 'content-type': 'text/html' })],
  (streamed) => (streamed ? ['cut', stream(GOOD_EVENTS.slice(0, 2))] : [503, failing(503)]),
];

function judge(report: ChaosReport, status: number, text: string, streamed: boolean): void {
  if (status !== 200) {
    report.failed += 1;
    if (!HONEST.has(status)) report.wrong.push(`a client got ${status}: ${text.slice(0, 200)}`);
  } else if (streamed && !text.endsWith('data: [DONE]\n\n')) {
    report.cut += 1;
    if (!text.includes('"stream_cut"')) report.wrong.push(`a stream ended without its end: ${text.slice(-200)}`);
  } else {
    report.answered += 1;
    if (!/all well|all.*well/s.test(text)) report.wrong.push(`an answer was not the upstream's: ${text.slice(0, 200)}`);
  }
}

type Attempts = Awaited<ReturnType<Awaited<ReturnType<typeof createGatewayApp>>['attempts']>>;

/** Each thing an upstream did has as many rows, with the tokens it reported and not one more. */
function compareDeeds(
  attempts: Attempts,
  journal: Journal,
  same: (what: string, got: unknown, wanted: unknown) => void,
): void {
  const did = (deed: Deed) => journal.get(deed) ?? 0;
  const answered = attempts.filter(({ status }) => status === 'ok');
  same('rows of good answers', answered.length, did('good'));
  for (const { promptTokens, completionTokens, costNanos, estimated } of answered)
    same('a good answer’s row', [promptTokens, completionTokens, costNanos, estimated].join(), GOOD_ROW.join());
  same('rows of cut answers', attempts.filter(({ status }) => status === 'cut').length, did('cut'));
  for (const status of [401, 429, 500, 503] as const)
    same(`rows of ${status}`, attempts.filter(({ httpStatus }) => httpStatus === status).length, did(status));
  const pages = attempts.filter(({ status, httpStatus }) => status === 'error' && httpStatus === 200);
  same('rows of pages', pages.length, did('page'));
  const torn = attempts.filter(({ httpStatus }) => httpStatus === null);
  same('rows of torn connections', torn.length, did('reset'));
  // The prompt, which the upstream may have charged for; nothing else that failed costs anything.
  const costless = attempts.filter(({ httpStatus, status }) => status === 'error' && httpStatus !== null);
  same('cost of refusals', costless.filter(({ costNanos }) => costNanos > 0).length, 0);
  same('torn connections without a flag', torn.filter(({ estimated }) => estimated !== 1).length, 0);
}

/** Of `USAGE` by `PRICES`. */
const GOOD_ROW = [11, 2, 11 * 2_000 + 2 * 8_000, 0];

async function compare(
  report: ChaosReport,
  gateway: Awaited<ReturnType<typeof createGatewayApp>>,
  journal: Journal,
): Promise<void> {
  const { wrong } = report;
  const same = (what: string, got: unknown, wanted: unknown) => {
    if (got !== wanted) wrong.push(`${what}: ${String(got)}, expected ${String(wanted)}`);
  };
  const calls = await gateway.calls();
  const attempts = await gateway.attempts();
  const countOf = (status: string) => calls.filter((call) => call.status === status).length;
  same('call rows', calls.length, report.calls);
  same('attempt rows', attempts.length, requestsIn(journal));
  compareDeeds(attempts, journal, same);
  same('rows of success', countOf('success'), report.answered);
  same('rows of cut streams', countOf('cut'), report.cut);
  same('rows of errors', countOf('error'), report.failed);
  same('open calls', calls.filter(({ state }) => state !== 'settled').length, 0);
  const perCall = Map.groupBy(attempts, ({ callId }) => callId);
  same('calls with more than three tries', [...perCall.values()].filter((tries) => tries.length > 3).length, 0);
  const sum = (rows: readonly { costNanos: number }[]) => rows.reduce((total, { costNanos }) => total + costNanos, 0);
  same('Σ attempts', sum(attempts), sum(calls));
  const keys = await gateway.app.ctx.db.selectFrom('channelKeys').select('status').execute();
  report.deadKeys = keys.filter(({ status }) => status === 'disabled').length;
  wrong.push(...(await checkInvariants(gateway.app.ctx.db as never)).map((problem) => JSON.stringify(problem)));
  wrong.push(...(await secondOpinion(gateway.app.ctx.db as never, testEngine)));
}
