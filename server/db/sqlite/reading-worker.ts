// The reading thread's entry: one read-only connection, one question after another.
import type { Database } from 'bun:sqlite';

import { type DatabaseProblem, fromSqlite } from '../database-error.ts';
import { openForReading, runStatement } from './connection.ts';
import type { QueryRows } from './protocol.ts';

export interface ReadQuestion {
  id: number;
  sql: string;
  params: readonly unknown[];
}
export type ToReader = { open: string } | ReadQuestion;
export type ReadResult =
  | { id: number; ok: true; value: QueryRows }
  | { id: number; ok: false; problem: DatabaseProblem; message: string };

declare const self: Worker;

let path = '';
let reader: Database | undefined;

self.onmessage = ({ data }: MessageEvent<ToReader>) => {
  if ('open' in data) path = data.open;
  else self.postMessage(answer(data));
};

function answer({ id, sql, params }: ReadQuestion): ReadResult {
  try {
    reader ??= openForReading(path);
    return { id, ok: true, value: runStatement(reader, sql, params) };
  } catch (error) {
    const { problem, message } = fromSqlite(error);
    return { id, ok: false, problem, message };
  }
}
