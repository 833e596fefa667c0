// Who switched a pass off: what the administration has blocked, a teacher does not let in again.
import { type Kysely, sql } from 'kysely';

/** Whoever the audit log names last for a pass's status; where it names no teacher, the block stays the administration's. */
const BY_TEACHERS = `select audit.target_id from audit
  join (select target_id, max(seq) as seq from audit
    where target_kind = 'pass' and action = 'pass.update' and detail like '%"status"%' group by target_id) latest
    on latest.seq = audit.seq
  join users on users.id = audit.actor_id
  where users.role = 'teacher'`;

export async function up(db: Kysely<never>): Promise<void> {
  await sql.raw('alter table passes add column blocked_by text').execute(db);
  await sql.raw(`update passes set blocked_by = 'administration' where status = 'blocked'`).execute(db);
  await sql
    .raw(`update passes set blocked_by = 'teacher' where status = 'blocked' and id in (${BY_TEACHERS})`)
    .execute(db);
}
