// The ledger as features see it, on either engine: sends operations to the group commit and bounds every wait.
import { DatabaseError } from '../db/database-error.ts';
import { within } from '../lib/coarse-timer.ts';
import type { Logger } from '../lib/logger.ts';
import { WAIT_MAX_MS } from './checks.ts';
import {
  type Ledger,
  LedgerUnavailable,
  type LedgerOp,
  type LedgerReply,
  type LeftReply,
  type OpenOp,
  type OpenReply,
  type RecoverReply,
  type SettleReply,
} from './ledger.ts';
import { ProgressMarks } from './progress-marks.ts';
import { unusedSettle } from './unused-settle.ts';

/** How long a caller is kept waiting for a step to become durable. */
const DURABLE_MAX_MS = 10_000;

/** The group commit of an engine. */
export interface LedgerWriter {
  /** Resolves after the commit that made it durable. @throws DatabaseError */
  ledger<Reply extends LedgerReply>(op: LedgerOp): Promise<Reply>;
}

export interface QueuedLedgerOptions {
  writer: LedgerWriter;
  log: Logger;
  /** For tests; 10 s unless told. */
  durableMaxMs?: number;
}

export function createQueuedLedger({ writer, log, durableMaxMs = DURABLE_MAX_MS }: QueuedLedgerOptions): Ledger {
  const marks = new ProgressMarks(async (list) => {
    await writer.ledger({ kind: 'progress', marks: list });
  });
  const ledger: Ledger = {
    async open(op, signal) {
      signal?.throwIfAborted();
      const sent = writer.ledger<OpenReply | LeftReply>({ kind: 'open', ...op });
      const leave = () => void leaveLine(writer, log, op);
      signal?.addEventListener('abort', leave, { once: true });
      try {
        const reply = await inTime(sent, Math.min(op.waitMs, WAIT_MAX_MS) + durableMaxMs);
        if (!('left' in reply)) return reply;
      } catch (error) {
        if (error instanceof OutOfTime) void giveBack(sent, ledger, log, op);
        throw unavailable(error);
      } finally {
        signal?.removeEventListener('abort', leave);
      }
      throw signal?.reason ?? new LedgerUnavailable('the call left the line');
    },

    async settle(op) {
      marks.drop(op.callId);
      const sent = writer.ledger<SettleReply>({ kind: 'settle', ...op });
      try {
        return await inTime(sent, durableMaxMs);
      } catch (error) {
        if (error instanceof OutOfTime) {
          sent.catch((lost) =>
            log.error('a settle was lost; its call is settled at the next start', { callId: op.callId, error: lost }),
          );
        }
        throw unavailable(error);
      }
    },

    progress: (callId, deliveredBytes) => marks.set(callId, deliveredBytes),

    async recover(now) {
      const { recovered, repairs } = await writer.ledger<RecoverReply>({ kind: 'recover', now });
      for (const repair of repairs) log.error('an account held money for no open call; corrected', { ...repair });
      return recovered;
    },
  };
  return ledger;
}

async function leaveLine(writer: LedgerWriter, log: Logger, op: Omit<OpenOp, 'kind'>): Promise<void> {
  try {
    await writer.ledger({ kind: 'leave', callId: op.call.id });
  } catch (error) {
    // The line empties itself in trouble, and the wait is bounded in any case.
    log.warn('a call could not leave the line', { callId: op.call.id, error });
  }
}

/** An open that became durable after its caller had been told that it failed is ended without a charge. */
async function giveBack(
  sent: Promise<OpenReply | LeftReply>,
  ledger: Ledger,
  log: Logger,
  op: Omit<OpenOp, 'kind'>,
): Promise<void> {
  try {
    const reply = await sent;
    if ('left' in reply || !reply.ok) return;
    await ledger.settle(unusedSettle(op.call));
  } catch (error) {
    log.warn('an open that came too late failed, or could not be given back yet', { callId: op.call.id, error });
  }
}

class OutOfTime extends Error {}

function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  return within(work, ms, () => new OutOfTime(`the ledger did not answer within ${ms} ms`));
}

function unavailable(error: unknown): unknown {
  if (error instanceof DatabaseError || error instanceof OutOfTime) return new LedgerUnavailable(error.message);
  return error;
}
