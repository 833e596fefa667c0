// How the party of an account is called.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';

interface Party {
  partyKind: string;
  partyId: string;
}

/** By kind: the table, and the columns of which the first that is set is the name. */
const NAMES = {
  pass: ['passes', ['alias', 'keyName']],
  user: ['users', ['username', 'email']],
  classroom: ['classrooms', ['name']],
  seat: ['seats', ['displayName']],
  plan: ['plans', ['name']],
  channel: ['channels', ['name']],
} as const;

/** A plan's budget of one person (`pass:ID@PLAN`) is called by the person. */
export function personOf({ partyKind, partyId }: Party): { kind: string; id: string } {
  const match = /^(\w+):(.+)@/.exec(partyId);
  return match ? { kind: match[1]!, id: match[2]! } : { kind: partyKind, id: partyId };
}

/** The id where nothing of it is left. */
export async function partyNames(db: Kysely<Schema>, parties: readonly Party[]): Promise<(party: Party) => string> {
  const names = new Map<string, string>();
  for (const [kind, [table, columns]] of Object.entries(NAMES)) {
    const ids = parties
      .map(personOf)
      .filter((person) => person.kind === kind)
      .map(({ id }) => id);
    if (ids.length === 0) continue;
    const rows = await db
      .selectFrom(table as 'users')
      .selectAll()
      .where('id', 'in', [...new Set(ids)])
      .execute();
    for (const row of rows as unknown as Record<string, string | null>[])
      names.set(`${kind}:${row.id}`, columns.map((column) => row[column]).find(Boolean) ?? row.id!);
  }
  return (party) => {
    const { kind, id } = personOf(party);
    return kind === 'system' ? 'Hallpass' : (names.get(`${kind}:${id}`) ?? id);
  };
}
