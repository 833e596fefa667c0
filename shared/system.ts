// The contract of /api/admin/health: how the server itself is.
import { z } from 'zod';

export const systemHealth = z.object({
  version: z.string(),
  started_at: z.iso.datetime(),
  runtime: z.string(),
  host: z.string(),
  time_zone: z.string(),
  memory_bytes: z.int(),
  /** Calls that run now in this process. */
  live_calls: z.int(),
  database: z.object({
    engine: z.enum(['sqlite', 'postgres']),
    /** How long it took to answer just now. */
    answer_ms: z.number(),
    /** Of the file, or of the database. */
    size_bytes: z.int().nullable(),
    /** The newest migration that was run. */
    migration: z.string(),
    call_rows: z.int(),
    oldest_call_at: z.iso.datetime().nullable(),
  }),
  /** null = one server without Redis. */
  redis: z.object({ up: z.boolean(), limits: z.enum(['redis', 'memory']) }).nullable(),
  /** Server processes on this database, this one included. */
  servers: z.array(
    z.object({ host: z.string(), pid: z.int(), started_at: z.iso.datetime(), seen_at: z.iso.datetime() }),
  ),
  /** Of the folder with the data and the secrets. */
  disk: z.object({ free_bytes: z.int(), total_bytes: z.int() }).nullable(),
  /** How long call rows and contents are kept. */
  retention_days: z.object({ calls: z.int(), contents: z.int() }),
});
export type SystemHealth = z.infer<typeof systemHealth>;

export const consistencyReply = z.object({
  verdict: z.enum(['ok', 'warning', 'error']),
  /** As requirement 004's report, in Markdown, in the language asked for. */
  report: z.string(),
  checked_at: z.iso.datetime(),
});
export type Consistency = z.infer<typeof consistencyReply>;
