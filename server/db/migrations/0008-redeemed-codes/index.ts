// A pass knows the activation code it came from: found by the pass, for the call log.
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql
    .raw(
      `create unique index activation_codes_redeemed_pass_id on activation_codes (redeemed_pass_id)
         where redeemed_pass_id is not null`,
    )
    .execute(db);
}
