// The rows of calls and attempts as they travel to PostgreSQL, and the one statement that writes a whole group.
import { type CallFacts, type Ending, shortMessage } from './calls.ts';
import { holdPricesOf, TOKENS_MAX, wholeNumber, wholeUsage } from './charge.ts';
import type { AttemptRecord, CallContent, CallHeader } from './ledger.ts';

const asInteger = (value: number): number => wholeNumber(value, TOKENS_MAX);

export function callRow(call: CallHeader, facts: CallFacts, owner: string): object {
  return {
    ...call,
    stream: call.stream ? 1 : 0,
    unpriced: call.unpriced ? 1 : 0,
    promptEstimate: asInteger(call.promptEstimate),
    hour: facts.hour,
    heldNanos: facts.heldNanos,
    grantedTokens: facts.grantedTokens,
    accountIds: JSON.stringify(facts.accountIds),
    prices: undefined,
    units: undefined,
    holdPrices: holdPricesOf(call),
    owner,
  };
}

export function endingRow({ state, op, usage, charge }: Ending): object {
  const { callId, status, errorCode, errorMessage, channelId, channelName, firstByteAt, settledAt, estimated } = op;
  return {
    id: callId,
    state,
    status,
    errorCode,
    errorMessage: shortMessage(errorMessage),
    channelId,
    channelName,
    firstByteAt,
    settledAt,
    ...usage,
    estimated: estimated ? 1 : 0,
    overHold: charge.overHold ? 1 : 0,
    costNanos: charge.costNanos,
    reportedNanos: charge.reportedNanos,
  };
}

export function attemptRow(attempt: AttemptRecord, callId: string, position: number): object {
  return {
    ...attempt,
    ...wholeUsage(attempt),
    callId,
    position,
    httpStatus: attempt.httpStatus === null ? null : asInteger(attempt.httpStatus),
    estimated: attempt.estimated ? 1 : 0,
    costNanos: wholeNumber(attempt.costNanos, Number.MAX_SAFE_INTEGER),
    prices: undefined,
    unitPrices: attempt.prices && JSON.stringify(attempt.prices),
    priceVersion: attempt.prices?.version ?? null,
  };
}

export function contentRow(content: CallContent, callId: string, createdAt: number): object {
  return { ...content, callId, createdAt, truncated: content.truncated ? 1 : 0 };
}

/** Column of the table → its type; the same name in camel case in the JSON. */
type RowColumns = Record<string, 'text' | 'integer' | 'bigint'>;

const CALL: RowColumns = {
  id: 'text',
  request_id: 'text',
  kind: 'text',
  endpoint: 'text',
  pass_id: 'text',
  pass_name: 'text',
  plan_id: 'text',
  user_id: 'text',
  user_name: 'text',
  seat_id: 'text',
  seat_name: 'text',
  classroom_id: 'text',
  classroom_name: 'text',
  session_id: 'text',
  assignment_id: 'text',
  activation_code: 'text',
  model: 'text',
  mode: 'text',
  stream: 'integer',
  ip: 'text',
  opened_at: 'bigint',
  hour: 'integer',
  day: 'text',
  unpriced: 'integer',
  prompt_estimate: 'integer',
  held_nanos: 'bigint',
  granted_tokens: 'integer',
  account_ids: 'text',
  hold_prices: 'text',
  owner: 'text',
};

const TOKENS: RowColumns = {
  prompt_tokens: 'integer',
  cached_tokens: 'integer',
  cache_write_tokens: 'integer',
  completion_tokens: 'integer',
  reasoning_tokens: 'integer',
  audio_tokens: 'integer',
};

const ENDING: RowColumns = {
  state: 'text',
  status: 'text',
  error_code: 'text',
  error_message: 'text',
  channel_id: 'text',
  channel_name: 'text',
  first_byte_at: 'bigint',
  settled_at: 'bigint',
  ...TOKENS,
  estimated: 'integer',
  over_hold: 'integer',
  cost_nanos: 'bigint',
  reported_nanos: 'bigint',
};

const ATTEMPT: RowColumns = {
  id: 'text',
  call_id: 'text',
  position: 'integer',
  channel_id: 'text',
  channel_key_id: 'text',
  route_id: 'text',
  upstream_model: 'text',
  upstream_request_id: 'text',
  status: 'text',
  http_status: 'integer',
  error_code: 'text',
  started_at: 'bigint',
  first_byte_at: 'bigint',
  ended_at: 'bigint',
  ...TOKENS,
  estimated: 'integer',
  cost_nanos: 'bigint',
  unit_prices: 'text',
  price_version: 'text',
};

const CONTENT: RowColumns = {
  call_id: 'text',
  request_json: 'text',
  params_json: 'text',
  response_json: 'text',
  response_text: 'text',
  policy: 'text',
  truncated: 'integer',
  created_at: 'bigint',
};

const ACCOUNT: RowColumns = {
  period_end: 'bigint',
  time_zone: 'text',
  cap_nanos: 'bigint',
  settled_nanos: 'bigint',
  held_nanos: 'bigint',
  calls: 'bigint',
  prompt_tokens: 'bigint',
  completion_tokens: 'bigint',
  updated_at: 'bigint',
};

const ROLLUP: RowColumns = {
  hour: 'integer',
  dimension: 'text',
  dimension_id: 'text',
  calls: 'bigint',
  errors: 'bigint',
  prompt_tokens: 'bigint',
  completion_tokens: 'bigint',
  cost_nanos: 'bigint',
};

const camel = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const names = (columns: RowColumns): string => Object.keys(columns).join(', ');
const values = (columns: RowColumns): string =>
  Object.keys(columns)
    .map((name) => `x."${camel(name)}"`)
    .join(', ');
const assignments = (columns: RowColumns): string =>
  Object.keys(columns)
    .map((name) => `${name} = x."${camel(name)}"`)
    .join(', ');
const rowsOf = (parameter: number, columns: RowColumns): string => {
  const types = Object.entries(columns).map(([name, type]) => `"${camel(name)}" ${type}`);
  return `json_to_recordset($${parameter}::json) as x(${types.join(', ')})`;
};

/** What is kept of what was said: $1. A statement of its own, so that groups without any pay nothing for it. */
export const WRITE_CONTENTS = `insert into call_contents (${names(CONTENT)})
  select ${values(CONTENT)} from ${rowsOf(1, CONTENT)} on conflict do nothing`;

/**
 * Everything a group changes: $1 new calls, $2 endings, $3 attempts, $4 progress marks, $5 accounts, $6 roll-ups.
 * `ended` is how many of the endings found their call open: fewer, and the group must not be committed.
 * `coalesce(c.state, x.id)` is the state, which is never null. Written plainly, it would have the planner walk the index
 * of all open calls and compare each with each row of the group (half the time of a group of 256; postgres-plan.test.ts).
 */
export const WRITE_GROUP = `with
  opened as (
    insert into calls (${names(CALL)}, state, prompt_tokens, cached_tokens, cache_write_tokens, completion_tokens,
      reasoning_tokens, estimated, over_hold, delivered_bytes, cost_nanos)
    select ${values(CALL)}, 'open', 0, 0, 0, 0, 0, 0, 0, 0, 0 from ${rowsOf(1, CALL)}
  ),
  ended as (
    update calls c set ${assignments(ENDING)} from ${rowsOf(2, { id: 'text', ...ENDING })}
    where c.id = x.id and coalesce(c.state, x.id) = 'open' returning c.id
  ),
  tried as (
    insert into attempts (${names(ATTEMPT)}) select ${values(ATTEMPT)} from ${rowsOf(3, ATTEMPT)} on conflict do nothing
  ),
  marked as (
    update calls c set delivered_bytes = greatest(c.delivered_bytes, x.bytes)
    from ${rowsOf(4, { id: 'text', bytes: 'bigint' })} where c.id = x.id and coalesce(c.state, x.id) = 'open'
  ),
  balanced as (
    update accounts a set ${assignments(ACCOUNT)} from ${rowsOf(5, { id: 'text', ...ACCOUNT })} where a.id = x.id
  ),
  rolled as (
    insert into usage_rollups as r (${names(ROLLUP)}) select ${values(ROLLUP)} from ${rowsOf(6, ROLLUP)}
    order by x.hour, x.dimension, x."dimensionId"
    on conflict (hour, dimension, dimension_id) do update set
      calls = r.calls + excluded.calls, errors = r.errors + excluded.errors,
      prompt_tokens = r.prompt_tokens + excluded.prompt_tokens,
      completion_tokens = r.completion_tokens + excluded.completion_tokens,
      cost_nanos = r.cost_nanos + excluded.cost_nanos
  )
  select count(*) as ended from ended`;
