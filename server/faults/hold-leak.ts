// R09: many calls, three in ten of them going wrong in every way we know, then rest. Afterwards nothing may be held,
// every account must be the sum of its rows, every upstream request must have its attempt, and nobody who has money
// may be refused.
import { checkInvariants } from '../ledger/invariants.ts';
import { createGatewayApp, eventually, type GatewayApp } from '../testing/gateway-app.ts';
import type { UpstreamScript } from '../testing/scripted-upstream.ts';

export interface LeakReport {
  calls: number;
  answered: number;
  failed: number;
  gone: number;
  /** Refusals for money: the passes have plenty, so there must be none. */
  falseRefusals: number;
  problems: string[];
}

const FAULTS: Record<string, UpstreamScript> = {
  'status 500': { status: 500 },
  'status 429': { status: 429, headers: { 'retry-after': '0' } },
  'status 422': { status: 422 },
  page: { rawBody: '<html></html>' },
  cut: { end: 'cut' },
  error: { end: 'error' },
  malformed: { end: 'malformed' },
  'no usage': { usage: null },
  greedy: { usage: { prompt_tokens: 500_000, completion_tokens: 500_000 } },
};
const AT_ONCE = 48;

/** @param random numbers in [0, 1); print the seed with the report. */
export async function runHoldLeak(calls: number, random: () => number): Promise<LeakReport> {
  await using gateway = await createGatewayApp();
  await gateway.addModel('good');
  await gateway.addModel('slow', { wordDelayMs: 5 });
  for (const [name, script] of Object.entries(FAULTS)) await gateway.addModel(name, script);
  const url = await gateway.app.listen();
  const keys = await Promise.all([1, 2, 3].map(() => gateway.pass({ max_budget: 1_000 })));
  const report: LeakReport = { calls, answered: 0, failed: 0, gone: 0, falseRefusals: 0, problems: [] };
  let left = calls;
  const worker = async () => {
    while (left-- > 0) await oneCall(url, keys[Math.floor(random() * keys.length)]!, random, report);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  report.problems = await atRest(gateway);
  return report;
}

async function oneCall(url: string, key: string, random: () => number, report: LeakReport): Promise<void> {
  const faults = Object.keys(FAULTS);
  const goesWrong = random() < 0.3;
  const leaves = random() < 0.1;
  const model = goesWrong ? faults[Math.floor(random() * faults.length)]! : leaves ? 'slow' : 'good';
  const control = new AbortController();
  if (leaves) setTimeout(() => control.abort(), random() * 40);
  try {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      signal: control.signal,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({
        model,
        stream: random() < 0.5,
        max_tokens: 30,
        messages: [{ role: 'user', content: 'hi' }],
      }),
    });
    const text = await response.text();
    if (text.includes('insufficient_quota')) report.falseRefusals += 1;
    if (response.ok && !text.includes('"error"')) report.answered += 1;
    else report.failed += 1;
  } catch {
    report.gone += 1;
  }
}

async function atRest(gateway: GatewayApp): Promise<string[]> {
  const { ctx } = gateway.app;
  const open = () => ctx.db.selectFrom('calls').select('id').where('state', '=', 'open').execute();
  await eventually(async () => (await open()).length === 0, 10_000).catch(() => {});
  const problems = await checkInvariants(ctx.database.raw);
  const stillOpen = await open();
  if (stillOpen.length > 0) problems.push(`${stillOpen.length} calls are still open`);
  const held = await ctx.db.selectFrom('accounts').select('id').where('heldNanos', '>', 0).execute();
  if (held.length > 0) problems.push(`${held.length} accounts still hold money`);
  if (ctx.shutdown.inFlight > 0) problems.push(`${ctx.shutdown.inFlight} calls count as running`);
  if (ctx.gateway.running.size > 0) problems.push(`${ctx.gateway.running.size} requests count as running`);
  // An attempt aborted before its request left the process is in no journal, so the journal can only be the smaller.
  const attempts = (await gateway.attempts()).length;
  if (gateway.upstream.journal.length > attempts)
    problems.push(`the upstream saw ${gateway.upstream.journal.length} requests, the ledger has ${attempts} attempts`);
  return problems;
}
