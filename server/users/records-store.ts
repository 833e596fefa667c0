// What the system keeps about a person besides their row: read for an export, deleted with the account.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';

type Db = Kysely<Schema>;

/** Rows read or deleted at once, so that nothing waits long behind it. */
const BATCH = 500;

/** Their words: turns, sessions, submissions, insights, and the contents of their calls. */
export async function deleteRecords(db: Db, userId: string): Promise<void> {
  const contents = db
    .selectFrom('callContents')
    .innerJoin('calls', 'calls.id', 'callContents.callId')
    .select('callContents.callId')
    .where('calls.userId', '=', userId)
    .limit(BATCH);
  await untilNone(() => db.deleteFrom('callContents').where('callId', 'in', contents).executeTakeFirst());
  for (const table of ['turns', 'submissions', 'sessions', 'insights'] as const) {
    const some = db.selectFrom(table).select('id').where('userId', '=', userId).limit(BATCH);
    await untilNone(() => db.deleteFrom(table).where('id', 'in', some).executeTakeFirst());
  }
}

async function untilNone(deleteSome: () => Promise<{ numDeletedRows: bigint }>): Promise<void> {
  while ((await deleteSome()).numDeletedRows > 0n);
}

export async function listPassesOf(db: Db, userId: string) {
  return db
    .selectFrom('passes')
    .select(['id', 'keyName', 'alias', 'status', 'expiresAt', 'createdAt', 'lastUsedAt'])
    .where('userId', '=', userId)
    .orderBy('id')
    .execute();
}

/** Their own presets of model and parameters: few. */
export async function listAgentsOf(db: Db, userId: string) {
  return db
    .selectFrom('agents')
    .select(['id', 'name', 'description', 'model', 'systemPrompt', 'parameters', 'createdAt'])
    .where('userId', '=', userId)
    .orderBy('id')
    .execute();
}

const CALL_FIELDS = [
  'id',
  'openedAt',
  'settledAt',
  'endpoint',
  'model',
  'mode',
  'status',
  'ip',
  'promptTokens',
  'completionTokens',
  'reasoningTokens',
  'costNanos',
] as const;

/** In the order of their ids, which is that of their time. */
export async function* callsOf(db: Db, userId: string) {
  yield* pages((after) =>
    db
      .selectFrom('calls')
      .select(CALL_FIELDS)
      .where('userId', '=', userId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
      .execute(),
  );
}

export async function* sessionsOf(db: Db, userId: string) {
  yield* pages((after) =>
    db
      .selectFrom('sessions')
      .select(['id', 'mode', 'classroomId', 'assignmentId', 'startedAt', 'endedAt'])
      .where('userId', '=', userId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
      .execute(),
  );
}

export async function* turnsOf(db: Db, userId: string) {
  yield* pages((after) =>
    db
      .selectFrom('turns')
      .select(['id', 'sessionId', 'role', 'content', 'model', 'tokensIn', 'tokensOut', 'createdAt'])
      .where('userId', '=', userId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
      .execute(),
  );
}

export async function* submissionsOf(db: Db, userId: string) {
  yield* pages((after) =>
    db
      .selectFrom('submissions')
      .select(['id', 'assignmentId', 'content', 'status', 'submittedAt'])
      .where('userId', '=', userId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
      .execute(),
  );
}

/** What was said in calls that were to be kept, in the order of the calls. */
export async function* contentsOf(db: Db, userId: string) {
  yield* pages((after) =>
    db
      .selectFrom('callContents')
      .innerJoin('calls', 'calls.id', 'callContents.callId')
      .select(['calls.id', 'requestJson', 'paramsJson', 'responseText', 'callContents.createdAt'])
      .where('calls.userId', '=', userId)
      .where('calls.id', '>', after)
      .orderBy('calls.id')
      .limit(BATCH)
      .execute(),
  );
}

/** What was found out about them from what they wrote. */
export async function* insightsOf(db: Db, userId: string) {
  yield* pages((after) =>
    db
      .selectFrom('insights')
      .select(['id', 'day', 'kind', 'body', 'classroomId', 'createdAt'])
      .where('userId', '=', userId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
      .execute(),
  );
}

async function* pages<T extends { id: string }>(read: (after: string) => Promise<T[]>): AsyncGenerator<T> {
  for (let after = ''; ;) {
    const rows = await read(after);
    yield* rows;
    if (rows.length < BATCH) return;
    after = rows.at(-1)!.id;
  }
}
