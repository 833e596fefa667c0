// R34: the ledger added up again from the bottom, in plain SQL and knowing nothing of the code that wrote it: tokens ×
// stamped unit prices = attempt, attempts = call, calls = account and roll-up. What does not agree comes back as a line.
import { type Kysely, type RawBuilder, sql } from 'kysely';

/** @param raw a database without the camel-case plugin. @returns one line for each sum that differs. */
export async function secondOpinion(raw: Kysely<never>, engine: 'sqlite' | 'postgres'): Promise<string[]> {
  const json = engine === 'postgres' ? sql`::json` : sql``;
  const whole = engine === 'postgres' ? sql`numeric` : sql`integer`;
  const accountsOf =
    engine === 'postgres'
      ? sql`json_array_elements_text(c.account_ids::json) as part(value)`
      : sql`json_each(c.account_ids) as part`;
  const price = (name: string) => sql`cast(t.unit_prices${json} ->> ${sql.lit(name)} as ${whole})`;
  const answers = await Promise.all(
    [attempts(price, whole), calls(), accounts(accountsOf), rollups()].map((question) => question.execute(raw)),
  );
  return answers.flatMap(({ rows }) => rows.map(({ what, kept, due }) => `${what}: kept ${kept}, due ${due}`));
}

interface Difference {
  what: string;
  kept: number | null;
  due: number | null;
}

/** Prices are per million tokens, a part without a price of its own costs as its whole, and what is left is rounded up. */
function attempts(price: (name: string) => RawBuilder<unknown>, whole: RawBuilder<unknown>) {
  return sql<Difference>`
    with priced as (
      select t.id, t.cost_nanos as kept,
        (t.prompt_tokens - t.cached_tokens - t.cache_write_tokens - t.audio_tokens) * ${price('promptNanos')}
          + t.audio_tokens * coalesce(${price('audioNanos')}, ${price('promptNanos')})
          + t.cached_tokens * coalesce(${price('cachedNanos')}, ${price('promptNanos')})
          + t.cache_write_tokens * coalesce(${price('cacheWriteNanos')}, ${price('promptNanos')})
          + (t.completion_tokens - t.reasoning_tokens) * ${price('completionNanos')}
          + t.reasoning_tokens * coalesce(${price('reasoningNanos')}, ${price('completionNanos')})
          + coalesce(${price('requestNanos')}, 0) * 1000000 as millionths
      from attempts t
      where t.unit_prices is not null and (t.prompt_tokens > 0 or t.completion_tokens > 0)
        and ${price('imageNanos')} is null
    ), due as (
      select id, kept, cast((millionths - millionths % 1000000) / 1000000 as ${whole})
        + case when millionths % 1000000 > 0 then 1 else 0 end as due
      from priced
    )
    select 'attempt ' || id as what, kept, due from due where kept <> due`;
}

/** No call pays more than was held for it. */
function calls() {
  return sql<Difference>`
    with tried as (select call_id, sum(cost_nanos) as asked from attempts group by call_id)
    select 'call ' || c.id as what, c.cost_nanos as kept, t.asked as due
    from calls c join tried t on t.call_id = c.id
    where c.state = 'settled' and c.cost_nanos <> t.asked
      and (c.granted_tokens is null or c.cost_nanos <> c.held_nanos or t.asked < c.held_nanos)`;
}

function accounts(accountsOf: RawBuilder<unknown>) {
  return sql<Difference>`
    with shares as (
      select part.value as account_id,
        sum(case when c.state = 'open' then 0 else c.cost_nanos end) as spent,
        sum(case when c.state = 'open' then c.held_nanos else 0 end) as held
      from calls c, ${accountsOf} group by part.value
    ), sums as (
      select a.id, a.settled_nanos - a.carried_nanos as spent_kept, coalesce(s.spent, 0) as spent_due,
        a.held_nanos as held_kept, coalesce(s.held, 0) as held_due
      from accounts a left join shares s on s.account_id = a.id
    )
    select 'spent by ' || id as what, spent_kept as kept, spent_due as due from sums where spent_kept <> spent_due
    union all
    select 'held for ' || id, held_kept, held_due from sums where held_kept <> held_due`;
}

function rollups() {
  return sql<Difference>`
    with ended as (
        select coalesce((select sum(cost_nanos) from calls where state <> 'open'), 0)
          + coalesce((select sum(cost_nanos) from usage_rollups where dimension = 'folded'), 0) as due
      ),
      rolled as (select sum(cost_nanos) as kept from usage_rollups where dimension = 'all')
    select 'all roll-ups' as what, kept, due from ended, rolled where coalesce(kept, 0) <> coalesce(due, 0)`;
}
