// How rows travel to PostgreSQL: one JSON text a table and statement, whatever the number of rows.

/** What the group was built on has changed meanwhile; nothing was written, and it is built again. */
export class GroupConflict extends Error {}

/** JSON escapes of what PostgreSQL's text cannot hold: NUL, and halves of characters. */
const UNSTORABLE = /\\u(0000|d[89a-f])/i;

export function asJson(rows: readonly object[]): string {
  const text = JSON.stringify(rows);
  return UNSTORABLE.test(text) ? JSON.stringify(rows, storable) : text;
}

function storable(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '') : value;
}
