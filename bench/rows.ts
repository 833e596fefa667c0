// What is measured: each row is one kind of load, each figure of it one line of the table.
import type { Driver } from './driver.ts';
import type { Ask, Outcome } from './load/work.ts';
import { usageOf } from './processes.ts';
import { askOf, type Refusal, refusedAsk, type Running, type Way, wayAsk } from './targets/target.ts';

/** How long and how much, of a whole run or of a quick one. */
export interface Size {
  warmUpMs: number;
  measureMs: number;
  idleStreams: number;
  idleMs: number;
}

export const SIZES: Record<'whole' | 'quick', Size> = {
  whole: { warmUpMs: 3_000, measureMs: 8_000, idleStreams: 10_000, idleMs: 10_000 },
  quick: { warmUpMs: 1_000, measureMs: 3_000, idleStreams: 1_000, idleMs: 2_000 },
};

/** What a gateway needs besides two descriptors a stream. */
const SPARE_DESCRIPTORS = 500;

/** No more idle streams than a gateway can have descriptors for: one to the client, one to the upstream. */
export function withinDescriptors(size: Size, descriptorsMax: number): Size {
  const streams = Math.floor((descriptorsMax - SPARE_DESCRIPTORS) / 2);
  return { ...size, idleStreams: Math.max(1, Math.min(size.idleStreams, streams)) };
}

const CONNECTIONS = 64;
const STREAMS = 64;
const MANY_STREAMS = 512;
/** Below what the slowest target can do. */
const CALLS_PER_SECOND = 100;
const STREAMS_PER_SECOND = 20;
const CLASS = 40;

export interface Measuring {
  driver: Driver;
  target: Running;
  size: Size;
  /** Calls with status 200 so far, whatever was measured: what a ledger must show. */
  answered: number;
  idleRssBytes: number;
  peakRssBytes: number;
}

export interface Figure {
  key: string;
  title: string;
  unit: string;
  /** Written beside nginx's as a ratio. */
  ratio: boolean;
}

export type Values = Record<string, number>;

export interface Row {
  name: string;
  figures: readonly Figure[];
  /** Whether the target can do this at all. */
  applies?(target: Running): boolean;
  /** @throws Error when an answer was wrong. */
  measure(m: Measuring): Promise<Values>;
}

const figure = (key: string, title: string, unit: string, ratio = true): Figure => ({ key, title, unit, ratio });

/** Wrong answers end the row: a benchmark that counts errors as success is a broken one. */
function right(m: Measuring, outcome: Outcome): Outcome {
  m.answered += outcome.answered;
  if (outcome.wrong === 0 && outcome.right > 0) return outcome;
  throw new Error(
    `${outcome.wrong} of ${outcome.wrong + outcome.right} answers were wrong: ${outcome.reasons.join(' · ')}`,
  );
}

interface Measured {
  outcome: Outcome;
  /** CPU of the target, its database and the driver. Microseconds. */
  cpuUs: number;
  databaseUs: number;
  driverUs: number;
}

async function measured(m: Measuring, work: () => Promise<Outcome>): Promise<Measured> {
  const { target, driver } = m;
  const read = () => ({
    own: usageOf(target.pids).cpuUs,
    database: usageOf(target.databasePids ?? []).cpuUs,
    driver: driver.usage().cpuUs,
  });
  const before = read();
  const watch = setInterval(() => {
    m.peakRssBytes = Math.max(m.peakRssBytes, usageOf(target.pids).rssBytes);
  }, 250);
  try {
    const outcome = right(m, await work());
    const after = read();
    const databaseUs = after.database - before.database;
    return { outcome, databaseUs, cpuUs: after.own - before.own + databaseUs, driverUs: after.driver - before.driver };
  } finally {
    clearInterval(watch);
  }
}

async function saturate(m: Measuring, ask: Ask, connections: number): Promise<Values> {
  const closed = (durationMs: number) => m.driver.perform({ kind: 'closed', ask, connections, durationMs });
  right(m, await closed(m.size.warmUpMs));
  const { outcome, cpuUs, databaseUs, driverUs } = await measured(m, () => closed(m.size.measureMs));
  return {
    cpu: cpuUs / outcome.right,
    database: databaseUs / outcome.right,
    rate: outcome.right / outcome.seconds,
    busy: (100 * cpuUs) / (outcome.seconds * 1e6),
    driver: (100 * driverUs) / (outcome.seconds * 1e6),
  };
}

const busyFigures = [
  figure('database', 'of which its database', 'µs', false),
  figure('busy', 'target’s core busy', '%', false),
  figure('driver', 'driver’s core busy', '%', false),
];

async function paced(m: Measuring, kind: 'whole' | 'stream', perSecond: number): Promise<Values> {
  const ask = askOf(m.target, kind);
  const at = (durationMs: number) => m.driver.perform({ kind: 'rate', ask, perSecond, durationMs });
  right(m, await at(m.size.warmUpMs));
  const { outcome, cpuUs } = await measured(m, () => at(m.size.measureMs));
  const times = kind === 'whole' ? outcome.latency : outcome.firstByte;
  return { ...times, cpu: isGateway(m.target) ? cpuUs / outcome.right : Number.NaN };
}

function refusal(kind: Refusal, title: string): Row {
  return {
    name: `refused-${kind}`,
    figures: [figure('cpu', `refused, ${title}: CPU`, 'µs'), figure('rate', `refused, ${title}`, 'calls/s')],
    applies: ({ refusals }) => refusals[kind] !== undefined,
    measure: (m) => saturate(m, refusedAsk(m.target, m.target.refusals[kind]!), CONNECTIONS),
  };
}

/** Beside `whole` and `stream`, which are chat completions on both sides. */
function way(name: Way, title: string): Row[] {
  const applies = ({ ways }: Running) => ways?.[name] !== undefined;
  return [
    {
      name: `${name}-whole`,
      figures: [figure('cpu', `whole answer, ${title}: CPU`, 'µs', false)],
      applies,
      measure: (m) => saturate(m, wayAsk(m.target, name, 'whole'), CONNECTIONS),
    },
    {
      name: `${name}-stream`,
      figures: [figure('cpu', `stream, ${title}: CPU`, 'µs', false)],
      applies,
      measure: (m) => saturate(m, wayAsk(m.target, name, 'stream'), STREAMS),
    },
  ];
}

async function idleStreams(m: Measuring): Promise<Values> {
  const { driver, target, size } = m;
  const before = usageOf(target.pids).rssBytes;
  const ask = askOf(target, 'idle');
  const early = await driver.perform({ kind: 'hold', ask, streams: size.idleStreams, perSecond: 500 });
  await Bun.sleep(size.idleMs);
  const bytes = usageOf(target.pids).rssBytes - before;
  const open = await driver.releaseIdle();
  const outcome = await driver.perform({ kind: 'release', ask, waitMs: 30_000 });
  m.answered += outcome.answered;
  if (outcome.right === 0) throw new Error(`no stream held: ${[...early.reasons, ...outcome.reasons].join(' · ')}`);
  return { open, kib: bytes / 1024 / size.idleStreams, dropped: size.idleStreams - outcome.right };
}

async function classBurst(m: Measuring): Promise<Values> {
  const ask = askOf(m.target, 'stream');
  await Bun.sleep(m.size.warmUpMs);
  const outcome = right(m, await m.driver.perform({ kind: 'burst', ask, calls: CLASS, withinMs: 1_000 }));
  return { ...outcome.firstByte };
}

const isGateway = ({ pids }: Running) => pids.length > 0;

export const ROWS: readonly Row[] = [
  {
    name: 'start',
    figures: [figure('ready', 'start to ready', 'ms', false), figure('rss', 'memory when idle', 'MB', false)],
    applies: isGateway,
    measure: async ({ target, idleRssBytes }) => ({ ready: target.readyMs, rss: idleRssBytes / 1e6 }),
  },
  // Before any load: memory that earlier calls left behind would hide what the streams need.
  {
    name: 'idle',
    figures: [
      figure('open', 'idle streams open', 'streams', false),
      figure('kib', 'memory of an idle stream', 'KB', false),
      figure('dropped', 'idle streams dropped', 'streams', false),
    ],
    applies: isGateway,
    measure: idleStreams,
  },
  {
    name: 'whole',
    figures: [
      figure('cpu', 'whole answer: CPU', 'µs'),
      figure('rate', `whole answers, ${CONNECTIONS} connections`, 'calls/s'),
      ...busyFigures,
    ],
    applies: isGateway,
    measure: (m) => saturate(m, askOf(m.target, 'whole'), CONNECTIONS),
  },
  {
    name: 'stream',
    figures: [figure('cpu', `stream of 42 chunks, ${STREAMS} at once: CPU`, 'µs'), ...busyFigures],
    applies: isGateway,
    measure: (m) => saturate(m, askOf(m.target, 'stream'), STREAMS),
  },
  {
    name: 'streams',
    figures: [figure('rate', `streams of 42 chunks, ${MANY_STREAMS} at once`, 'streams/s'), ...busyFigures],
    applies: isGateway,
    measure: (m) => saturate(m, askOf(m.target, 'stream'), MANY_STREAMS),
  },
  {
    name: 'latency',
    figures: [
      figure('p50', `latency at ${CALLS_PER_SECOND} calls/s: p50`, 'ms', false),
      figure('p99', `latency at ${CALLS_PER_SECOND} calls/s: p99`, 'ms', false),
      figure('cpu', `whole answer at ${CALLS_PER_SECOND} calls/s: CPU`, 'µs'),
    ],
    measure: (m) => paced(m, 'whole', CALLS_PER_SECOND),
  },
  {
    name: 'first-byte',
    figures: [
      figure('p50', `first byte of a stream, ${STREAMS_PER_SECOND} a second: p50`, 'ms', false),
      figure('p99', `first byte of a stream, ${STREAMS_PER_SECOND} a second: p99`, 'ms', false),
    ],
    measure: (m) => paced(m, 'stream', STREAMS_PER_SECOND),
  },
  {
    name: 'burst',
    figures: [
      figure('p50', 'class burst, 40 in one second: first byte p50', 'ms', false),
      figure('p99', 'class burst, 40 in one second: first byte p99', 'ms', false),
    ],
    measure: classBurst,
  },
  ...way('messages', 'Messages on both sides'),
  ...way('responses', 'Responses on both sides'),
  ...way('messages-chat', 'Messages client over a chat upstream'),
  refusal('key', 'bad key'),
  refusal('budget', 'empty budget'),
  refusal('rate', 'rate limit'),
  {
    name: 'memory',
    figures: [figure('peak', 'most memory under load', 'MB', false)],
    applies: isGateway,
    measure: async (m) => ({ peak: Math.max(m.peakRssBytes, m.idleRssBytes) / 1e6 }),
  },
];
