// Reads the ledger for the call log: by filter, newest first, by keyset.
import { type Kysely, sql } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { CallsTable } from '../db/tables/ledger.ts';

type Db = Kysely<Schema>;

export interface LogFilter {
  /** Epoch ms: from, inclusive; until, exclusive. */
  from?: number | undefined;
  until?: number | undefined;
  user?: string | undefined;
  ip?: string | undefined;
  model?: string | undefined;
  channel?: string | undefined;
  classroom?: string | undefined;
  /** By its id alone: a class may be named like another's id. */
  classroomId?: string | undefined;
  pass?: string | undefined;
  status?: string | undefined;
  activationCode?: string | undefined;
  kind?: string | undefined;
  requestId?: string | undefined;
}

/** Where the next page begins: behind this row. */
export interface LogPlace {
  openedAt: number;
  id: string;
}

const EXACT = [
  'ip',
  'model',
  'activationCode',
  'kind',
  'requestId',
  'classroomId',
] as const satisfies readonly (keyof LogFilter & keyof CallsTable)[];
const BY_ID_OR_NAME = [
  ['channel', 'channelId', 'channelName'],
  ['classroom', 'classroomId', 'classroomName'],
  ['pass', 'passId', 'passName'],
] as const;

export function listLog(db: Db, filter: LogFilter, limit: number, after?: LogPlace) {
  let query = db.selectFrom('calls').selectAll();
  for (const name of EXACT) if (filter[name] !== undefined) query = query.where(name, '=', filter[name]);
  for (const [name, id, title] of BY_ID_OR_NAME) {
    const value = filter[name];
    if (value !== undefined) query = query.where((eb) => eb.or([eb(id, '=', value), eb(title, '=', value)]));
  }
  const { user, status } = filter;
  if (user !== undefined)
    query = query.where((eb) =>
      eb.or([eb('userId', '=', user), sql<boolean>`lower(user_name) like ${containing(user)} escape '\\'`]),
    );
  if (status === 'open') query = query.where('state', '=', 'open');
  else if (status !== undefined) query = query.where('status', '=', status);
  if (filter.from !== undefined) query = query.where('openedAt', '>=', filter.from);
  // Of two upper bounds SQLite walks from the one named first: the nearer one alone, or each page reads all before it again.
  const isWithin = after !== undefined && filter.until !== undefined && after.openedAt < filter.until;
  if (filter.until !== undefined && !isWithin) query = query.where('openedAt', '<', filter.until);
  if (after)
    query = query.where(sql<boolean>`(${sql.ref('openedAt')}, ${sql.ref('id')}) < (${after.openedAt}, ${after.id})`);
  return query.orderBy('openedAt', 'desc').orderBy('id', 'desc').limit(limit).execute();
}

export function findLogged(db: Db, id: string) {
  return db.selectFrom('calls').selectAll().where('id', '=', id).executeTakeFirst();
}

export function listAttempts(db: Db, callId: string) {
  return db.selectFrom('attempts').selectAll().where('callId', '=', callId).orderBy('position').execute();
}

function containing(text: string): string {
  return `%${text.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
