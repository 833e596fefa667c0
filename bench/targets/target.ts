// The contract of everything that is measured.
import { type Format, MODEL, question } from '../answers.ts';
import { questionIn } from '../formats.ts';
import type { Ask } from '../load/work.ts';

export const REFUSALS = ['key', 'budget', 'rate'] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Client’s format and upstream’s, where they are not both chat completions. */
export const WAYS = ['messages', 'responses', 'messages-chat'] as const;
export type Way = (typeof WAYS)[number];

export interface Refusing {
  headers: Record<string, string>;
  status: number;
}

export interface Running {
  port: number;
  path: string;
  /** The name it knows the model by. */
  model?: string;
  /** Headers of each caller, taken in turn. */
  callers: Record<string, string>[];
  /** The gateway's own processes. */
  pids: number[];
  /** Of the database it needs; their CPU counts too, their memory does not. */
  databasePids?: number[];
  /** From the start of the process to its first good answer. */
  readyMs: number;
  /** The other ways it can be asked; absent = it knows chat completions only. */
  ways?: Partial<Record<Way, { path: string; model: string; format: Format }>>;
  /** What it can refuse, and how; absent = it knows no such thing. */
  refusals: Partial<Record<Refusal, Refusing>>;
  /** Looks into its ledger: every answered call has one row, nothing is held. @returns what is wrong. */
  problems?(answeredCalls: number): Promise<string[]>;
  stop(): Promise<void>;
}

export interface Target {
  name: string;
  title: string;
  /** What is switched on, for the reader of the table. */
  on: string;
  /** Installs what is missing. @throws Error in plain words where that cannot be done here. */
  install(): Promise<void>;
  start(upstreamPort: number): Promise<Running>;
}

export function askOf(target: Running, kind: 'whole' | 'stream' | 'idle'): Ask {
  const { port, path, callers, model = MODEL } = target;
  const body = question({ model, stream: kind === 'stream', idle: kind === 'idle' });
  return { port, path, callers, body, expect: kind === 'whole' ? 'whole' : 'stream', status: 200 };
}

/** The same question another way. */
export function wayAsk(target: Running, way: Way, kind: 'whole' | 'stream'): Ask {
  const { path, model, format } = target.ways![way]!;
  const body = questionIn(format, question({ model, stream: kind === 'stream' }));
  return { ...askOf(target, kind), path, body, format };
}

export function refusedAsk(target: Running, { headers, status }: Refusing): Ask {
  return { ...askOf(target, 'whole'), callers: [headers], expect: 'refused', status };
}

/** @throws Error with the answer, unless it is good. */
export async function postJson(url: string, body: object, token?: string): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json', ...(token ? bearer(token) : {}) };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

export const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
