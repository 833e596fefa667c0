// Reads the ledger's tables and says which promise is broken. Written apart from the engines: plain SQL on either
// database, added up here, so that the tests do not ask the ledger whether the ledger is right.
import { type Kysely, sql } from 'kysely';

interface AccountRow {
  id: string;
  capNanos: number | null;
  settledNanos: number;
  heldNanos: number;
  carriedNanos: number;
  carriedCalls: number;
  carriedPromptTokens: number;
  carriedCompletionTokens: number;
  calls: number;
  promptTokens: number;
  completionTokens: number;
}

interface CallRow {
  id: string;
  state: string;
  status: string | null;
  hour: number;
  model: string;
  channelId: string | null;
  passId: string | null;
  userId: string | null;
  classroomId: string | null;
  planId: string | null;
  heldNanos: number;
  grantedTokens: number | null;
  costNanos: number;
  promptTokens: number;
  completionTokens: number;
  settledAt: number | null;
  accountIds: string;
}

type Sums = Map<string, Record<string, number>>;

/**
 * @param raw a database without the camel-case plugin.
 * @returns one sentence per broken promise; empty = all kept.
 */
export async function checkInvariants(raw: Kysely<never>): Promise<string[]> {
  const calls = await readCalls(raw);
  return [
    ...checkAccounts(await readAccounts(raw), calls),
    ...checkCalls(calls),
    ...checkRollups(await readRollups(raw), calls),
    ...(await checkAttempts(raw)),
  ];
}

function checkAccounts(accounts: AccountRow[], calls: CallRow[]): string[] {
  const sums: Sums = new Map();
  for (const call of calls) {
    const ended = call.state === 'open' ? 0 : 1;
    for (const id of JSON.parse(call.accountIds) as string[]) {
      add(sums, id, {
        held: ended ? 0 : call.heldNanos,
        settled: ended * call.costNanos,
        calls: ended,
        promptTokens: ended * call.promptTokens,
        completionTokens: ended * call.completionTokens,
      });
    }
  }
  const problems = accounts.flatMap((account) => {
    const expected = sums.get(account.id) ?? {};
    sums.delete(account.id);
    return [
      ...differs(`account ${account.id} settled`, account.settledNanos, (expected.settled ?? 0) + account.carriedNanos),
      ...differs(`account ${account.id} held`, account.heldNanos, expected.held ?? 0),
      ...differs(`account ${account.id} calls`, account.calls, (expected.calls ?? 0) + account.carriedCalls),
      ...differs(
        `account ${account.id} prompt tokens`,
        account.promptTokens,
        (expected.promptTokens ?? 0) + account.carriedPromptTokens,
      ),
      ...differs(
        `account ${account.id} completion tokens`,
        account.completionTokens,
        (expected.completionTokens ?? 0) + account.carriedCompletionTokens,
      ),
      ...overCap(account),
    ];
  });
  return [...problems, ...[...sums.keys()].map((id) => `account ${id} is named by calls and does not exist`)];
}

function overCap({ id, capNanos, settledNanos, heldNanos }: AccountRow): string[] {
  if (capNanos === null || settledNanos + heldNanos <= capNanos) return [];
  return [`account ${id} has ${settledNanos} settled and ${heldNanos} held above its cap of ${capNanos}`];
}

function checkCalls(calls: CallRow[]): string[] {
  return calls.flatMap(({ id, state, status, settledAt, heldNanos, grantedTokens, costNanos }) => {
    if (state === 'open') return costNanos === 0 && settledAt === null ? [] : [`call ${id} is open and has a cost`];
    return [
      ...(status === null || settledAt === null ? [`call ${id} is ${state} without a status or a time`] : []),
      ...(grantedTokens !== null && costNanos > heldNanos
        ? [`call ${id} cost ${costNanos}, more than its hold ${heldNanos}`]
        : []),
    ];
  });
}

function checkRollups(rollups: Sums, calls: CallRow[]): string[] {
  const expected: Sums = new Map();
  for (const call of calls.filter(({ state }) => state !== 'open')) {
    const sum = {
      calls: 1,
      errors: call.status === 'success' || call.status === 'cancelled' ? 0 : 1,
      prompt: call.promptTokens,
      completion: call.completionTokens,
      cost: call.costNanos,
    };
    const ids = {
      all: '',
      model: call.model,
      channel: call.channelId,
      pass: call.passId,
      user: call.userId,
      classroom: call.classroomId,
      plan: call.planId,
    };
    for (const [dimension, id] of Object.entries(ids))
      if (id !== null) add(expected, `${call.hour}/${dimension}/${id}`, sum);
  }
  // Of an hour that retention has been at, only the sum of all is still known twice.
  const foldedHours = new Set<string>();
  for (const [key, sum] of rollups) {
    const [hour, dimension] = key.split('/');
    if (dimension !== 'folded') continue;
    foldedHours.add(hour!);
    add(expected, `${hour}/all/`, sum);
  }
  const keys = [...new Set([...rollups.keys(), ...expected.keys()])].filter((key) => {
    const [hour, dimension] = key.split('/');
    return dimension !== 'folded' && (dimension === 'all' || !foldedHours.has(hour!));
  });
  return keys.flatMap((key) =>
    ['calls', 'errors', 'prompt', 'completion', 'cost'].flatMap((name) =>
      differs(`roll-up ${key} ${name}`, rollups.get(key)?.[name] ?? 0, expected.get(key)?.[name] ?? 0),
    ),
  );
}

async function checkAttempts(raw: Kysely<never>): Promise<string[]> {
  const { rows } = await sql<{ id: string; state: string | null }>`
    select attempts.id, calls.state from attempts left join calls on calls.id = attempts.call_id
    where calls.id is null or calls.state = 'open'`.execute(raw);
  return rows.map(({ id, state }) => `attempt ${id} belongs to ${state === null ? 'no call' : 'an open call'}`);
}

async function readAccounts(raw: Kysely<never>): Promise<AccountRow[]> {
  const { rows } = await sql<AccountRow>`
    select id, cap_nanos as "capNanos", settled_nanos as "settledNanos", held_nanos as "heldNanos",
      carried_nanos as "carriedNanos", carried_calls as "carriedCalls",
      carried_prompt_tokens as "carriedPromptTokens", carried_completion_tokens as "carriedCompletionTokens", calls, prompt_tokens as "promptTokens", completion_tokens as "completionTokens"
    from accounts`.execute(raw);
  return rows;
}

async function readCalls(raw: Kysely<never>): Promise<CallRow[]> {
  const { rows } = await sql<CallRow>`
    select id, state, status, hour, model, channel_id as "channelId", pass_id as "passId", user_id as "userId",
      classroom_id as "classroomId", plan_id as "planId", held_nanos as "heldNanos", granted_tokens as "grantedTokens", cost_nanos as "costNanos",
      prompt_tokens as "promptTokens", completion_tokens as "completionTokens", settled_at as "settledAt",
      account_ids as "accountIds"
    from calls`.execute(raw);
  return rows;
}

async function readRollups(raw: Kysely<never>): Promise<Sums> {
  const { rows } = await sql<{ hour: number; dimension: string; id: string } & Record<string, number>>`
    select hour, dimension, dimension_id as id, calls, errors, prompt_tokens as prompt,
      completion_tokens as completion, cost_nanos as cost
    from usage_rollups`.execute(raw);
  return new Map(rows.map(({ hour, dimension, id, ...sums }) => [`${hour}/${dimension}/${id}`, sums]));
}

function add(sums: Sums, key: string, values: Record<string, number>): void {
  const sum = sums.get(key) ?? {};
  for (const [name, value] of Object.entries(values)) sum[name] = (sum[name] ?? 0) + value;
  sums.set(key, sum);
}

function differs(what: string, found: number, expected: number): string[] {
  return found === expected ? [] : [`${what}: ${found}, should be ${expected}`];
}
