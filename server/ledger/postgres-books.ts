// The ledger's tables on PostgreSQL. A group reads and locks what it may touch, decides in memory, and writes all of
// it with one statement; the truth is in the rows, because other processes work on them too.
import type { PostgresConnection } from '../db/postgres/connection.ts';
import { type EngineBooks, LedgerBooks } from './books.ts';
import type { LedgerOp, OpenOp, RecoverOp, RecoverReply } from './ledger.ts';
import { LockedAccounts } from './postgres-accounts.ts';
import { GroupCalls } from './postgres-calls.ts';
import { asJson, GroupConflict } from './postgres-json.ts';
import { WRITE_CONTENTS, WRITE_GROUP } from './postgres-rows.ts';
import { RollupDeltas } from './rollups.ts';

/** Orphans settled in one transaction. */
const RECOVER_BATCH = 500;

export interface GroupNeeds {
  ops: readonly LedgerOp[];
  /** Calls in line that this group may serve. */
  waiting: readonly OpenOp[];
  /** For a recovery: which replicas count as gone. */
  gone: string[];
  silenceMs: number;
}

export class PostgresBooks extends LedgerBooks implements EngineBooks {
  readonly #accounts: LockedAccounts;
  readonly #calls: GroupCalls;
  readonly #rollups: RollupDeltas;

  /** @param owner this process, stamped on the calls it opens. */
  constructor(owner: string) {
    const accounts = new LockedAccounts();
    const calls = new GroupCalls(owner);
    const rollups = new RollupDeltas();
    super({ accounts, calls, rollups });
    this.#accounts = accounts;
    this.#calls = calls;
    this.#rollups = rollups;
  }

  /** Reads what the operations are about and locks their accounts. */
  async load(connection: PostgresConnection, { ops, waiting, gone, silenceMs }: GroupNeeds): Promise<void> {
    const opens = [...ops.filter((op) => op.kind === 'open'), ...waiting];
    const settles = ops.filter((op) => op.kind === 'settle').map(({ callId }) => callId);
    const rowIds = await this.#calls.read(connection, settles);
    if (ops.some(({ kind }) => kind === 'recover'))
      rowIds.push(...(await this.#calls.readOrphans(connection, { gone, silenceMs, limit: RECOVER_BATCH })));
    const refs = opens.flatMap(({ accounts }) => accounts);
    await this.#accounts.lock(connection, refs, rowIds);
  }

  /** @throws GroupConflict when another process has changed what this group was built on. */
  async write(connection: PostgresConnection): Promise<void> {
    const { inserts, endings, attempts, contents, marks } = this.#calls.pending();
    const lists = [inserts, endings, attempts, marks, this.#accounts.changedRows(), this.#rollups.take()];
    await this.#accounts.insertNew(connection);
    if (lists.every((list) => list.length === 0)) return;
    const [row] = await connection.query<{ ended: number }>(WRITE_GROUP, lists.map(asJson));
    if (row!.ended < endings.length) throw new GroupConflict('a call was ended by another process');
    if (contents.length > 0) await connection.query(WRITE_CONTENTS, [asJson(contents)]);
  }

  committed(): void {
    this.#accounts.committed();
    this.#calls.committed();
  }

  /** Before a group is built again: what memory says of its calls is read from the table this time. */
  distrust(): void {
    this.#calls.distrust();
  }

  forget(): void {
    this.#accounts.forget();
    this.#calls.forget();
    this.#rollups.forget();
  }

  recover(op: RecoverOp): { reply: RecoverReply } | { again: RecoverOp } {
    const { orphans } = this.#calls;
    for (const orphan of orphans) this.settleOrphan(orphan, op.now);
    const recovered = (op.recovered ?? 0) + orphans.length;
    if (orphans.length === RECOVER_BATCH) return { again: { ...op, recovered } };
    return { reply: { recovered, repairs: [] } };
  }

  /** Nothing is kept between groups, so there is nothing to read again. */
  begin(): void {}

  /** `write` does it, for it has to wait. */
  flush(): void {}

  /** No statement of anyone else is ever part of a group. */
  writeAccountsThrough(): void {}
}
