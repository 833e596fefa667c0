// What the load process can be told to do, and what it answers. Sent between processes as JSON.

import type { Format } from '../answers.ts';

/** A request as a target wants it; several are taken in turn, as by the members of a class. */
export interface Ask {
  port: number;
  path: string;
  /** One header object per caller. */
  callers: Record<string, string>[];
  body: string;
  /** What a right answer is: `refused` = exactly `status`. */
  expect: 'whole' | 'stream' | 'refused';
  /** Absent = chat completions. */
  format?: Format;
  status: number;
}

export type Work = { id: number; ask: Ask } & (
  | { kind: 'closed'; connections: number; durationMs: number }
  | { kind: 'rate'; perSecond: number; durationMs: number }
  | { kind: 'burst'; calls: number; withinMs: number }
  | { kind: 'hold'; streams: number; perSecond: number }
  | { kind: 'release'; waitMs: number }
);

export interface Outcome {
  right: number;
  wrong: number;
  /** The first few reasons, for a person. */
  reasons: string[];
  /** Answers with status 200, right or wrong: each is a row in a gateway's ledger. */
  answered: number;
  seconds: number;
  /** Milliseconds to the whole answer and to the first byte of its body; empty where not asked for. */
  latency: Summary;
  firstByte: Summary;
}

export interface Summary {
  p50: number;
  p99: number;
}

/** Nearest rank; NaN without samples. */
export function summarize(samples: number[]): Summary {
  const sorted = Float64Array.from(samples).toSorted();
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
