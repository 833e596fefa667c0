// Poison for every address that takes a body: broken, deep, long and mistyped JSON, from a seed.
import { ROUTES } from '../routes.ts';
import { createGatewayApp } from '../testing/gateway-app.ts';
import { seededRandom } from '../testing/seeded-random.ts';

export interface PoisonReport {
  requests: number;
  /** The longest the event loop was held, in ms. */
  lagMs: number;
  /** Answers that say it was our fault; empty = all is well. */
  faults: string[];
}

/** An upstream that a body names may fail; we may not, except for being busy. */
const ALLOWED = new Set([502, 503, 504]);
const WRITES = new Set(['post', 'put', 'patch']);

/** @param count bodies in all, spread over the addresses. */
export async function runPoison(count: number, seed: number): Promise<PoisonReport> {
  await using gateway = await createGatewayApp();
  await gateway.addModel('m', {});
  const pass = await gateway.pass({ max_budget: 5 });
  const random = seededRandom(seed);
  const targets = ROUTES.filter(({ method }) => WRITES.has(method));
  const report: PoisonReport = { requests: 0, lagMs: 0, faults: [] };
  using _watch = watchLag((lagMs) => (report.lagMs = Math.max(report.lagMs, lagMs)));
  while (report.requests < count) {
    const { method, path, guard } = targets[report.requests % targets.length]!;
    const body = poison(random);
    const response = await gateway.app.request(path.replace(/:\w+(\{[^}]*\})?/g, 'x'), {
      method: method.toUpperCase(),
      token: guard === 'caller' || guard === 'pass' ? pass : gateway.admin,
      headers: { 'content-type': 'application/json' },
      body,
    });
    await response.text();
    report.requests += 1;
    if (response.status >= 500 && !ALLOWED.has(response.status))
      report.faults.push(`${method} ${path} answered ${response.status} to ${preview(body)}`);
  }
  return report;
}

const WORDS = [
  'model',
  'messages',
  'content',
  'role',
  'name',
  'base_url',
  'api_key',
  'stream',
  'tools',
  'n',
  'id',
  'key',
];
const ATOMS: readonly unknown[] = [
  null,
  true,
  -0,
  1e308,
  2 ** 53,
  -1,
  0.1,
  '',
  ' ',
  '\u0000',
  '\uD800',
  '\uFEFFx',
  '1e999',
  '../../etc/passwd',
  "'; drop table calls; --",
  '%_%_%',
  'x'.repeat(5_000),
  '🙂'.repeat(500),
  'm',
  'user',
];

function value(random: () => number, depth: number): unknown {
  const pick = random();
  if (depth <= 0 || pick < 0.5) return ATOMS[Math.floor(random() * ATOMS.length)];
  const size = Math.floor(random() * 5);
  if (pick < 0.7) return Array.from({ length: size }, () => value(random, depth - 1));
  return Object.fromEntries(
    Array.from({ length: size }, () => [WORDS[Math.floor(random() * WORDS.length)]!, value(random, depth - 1)]),
  );
}

const BROKEN: readonly string[] = [
  '',
  '{',
  '[',
  'nul',
  '{"a":}',
  '{"a":1,}',
  '{"a":1}{"b":2}',
  '\uFEFF{}',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{}}}',
  '{"model":"m","model":"n","messages":[]}',
  '{"model":"m","messages":[{"role":"user","content":NaN}]}',
  '['.repeat(100_000),
  `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
  `{"model":"m","messages":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
];

/** A body: broken text, a likely request with something wrong in it, or anything. */
function poison(random: () => number): string {
  const pick = random();
  if (pick < 0.15) return BROKEN[Math.floor(random() * BROKEN.length)]!;
  if (pick < 0.6) {
    const likely = {
      model: 'm',
      messages: [{ role: 'user', content: 'hi' }],
      name: 'n',
      base_url: 'http://127.0.0.1:1/v1',
    };
    const extra = Object.fromEntries([[WORDS[Math.floor(random() * WORDS.length)]!, value(random, 3)]]);
    return JSON.stringify({ ...likely, ...extra });
  }
  return JSON.stringify(value(random, 4)) ?? 'null';
}

function watchLag(note: (lagMs: number) => void): Disposable {
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    note(now - last - 20);
    last = now;
  }, 20);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function preview(body: string): string {
  return body.length > 300 ? `${body.slice(0, 300)}… (${body.length})` : body;
}
