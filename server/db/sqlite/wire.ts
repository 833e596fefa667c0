// How batches travel between the main thread and the writer thread. Text is copied between threads at a fraction of
// what a structured clone of these objects costs, so a batch goes as JSON wherever JSON can carry it unchanged.
import type { HoldBound, LedgerOp, SettleOp, TokenUsage } from '../../ledger/ledger.ts';
import type { WriterOp, WriterOptions, WriterResult } from './protocol.ts';

export type OpBatch = string | WriterOp[];
export type ResultBatch = string | WriterResult[];
export type ToWriter = { start: WriterOptions } | OpBatch;
export type FromWriter = { started: true } | { failed: string } | ResultBatch;

export function encodeOps(ops: WriterOp[]): OpBatch {
  return ops.every(isPlainOp) ? JSON.stringify(ops.map(toPlain)) : ops;
}

export function decodeOps(batch: OpBatch): WriterOp[] {
  if (typeof batch !== 'string') return batch;
  const ops = JSON.parse(batch) as WriterOp[];
  for (const op of ops) if (op.kind === 'ledger') restore(op.op);
  return ops;
}

export function encodeResults(results: WriterResult[]): ResultBatch {
  return results.every(isPlainResult) ? JSON.stringify(results) : results;
}

export function decodeResults(batch: ResultBatch): WriterResult[] {
  return typeof batch === 'string' ? (JSON.parse(batch) as WriterResult[]) : batch;
}

/** JSON has no NaN, no infinity and no bytes: what may hold one goes the other way. */
function isPlainOp(op: WriterOp): boolean {
  if (op.kind === 'exec' || op.kind === 'query') return false;
  return op.kind !== 'ledger' || isPlainLedgerOp(op.op);
}

function isPlainLedgerOp(op: LedgerOp): boolean {
  if (op.kind === 'open') return Number.isFinite(op.waitMs + op.call.promptEstimate);
  return op.kind !== 'settle' || isPlainSettle(op);
}

function isPlainSettle({ usage, costNanos, attempts }: SettleOp): boolean {
  return (
    Number.isFinite(tokensOf(usage) + costNanos) && attempts.every((attempt) => Number.isFinite(tokensOf(attempt)))
  );
}

function tokensOf(usage: TokenUsage): number {
  const { promptTokens, cachedTokens, cacheWriteTokens, completionTokens, reasoningTokens, audioTokens = 0 } = usage;
  return promptTokens + cachedTokens + cacheWriteTokens + completionTokens + reasoningTokens + audioTokens;
}

/** A query's rows may hold anything; everything else the writer answers is plain. */
function isPlainResult(result: WriterResult): boolean {
  return !result.ok || result.value === undefined || !('rows' in result.value);
}

/** A bound's sum is whole and may be larger than a number can hold. */
function toPlain(op: WriterOp): WriterOp {
  if (op.kind !== 'ledger' || op.op.kind !== 'open' || op.op.bound === null) return op;
  const { bound } = op.op;
  return { ...op, op: { ...op.op, bound: { ...bound, fixedMicros: String(bound.fixedMicros) as unknown as bigint } } };
}

function restore(op: LedgerOp): void {
  if (op.kind !== 'open' || op.bound === null) return;
  (op.bound as HoldBound).fixedMicros = BigInt(op.bound.fixedMicros);
}
