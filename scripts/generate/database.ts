// Writes docs/database.md from a migrated database and the comments of the table types, and the types as data for
// the server's consistency check.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { introspectColumns, introspectViews } from '../../server/db/introspect.ts';
import { migrate } from '../../server/db/migrate.ts';
import { openSqlite } from '../../server/db/sqlite.ts';
import { columnComments, declaredColumns } from '../../server/db/testing/declared-columns.ts';

const INTRODUCTION = `# Database

<!-- Generated from the migrations and server/db/tables by \`npm run check -- --fix\`. Do not edit. -->

The same tables on SQLite and PostgreSQL. Booleans are 0 or 1, JSON is text, times are epoch milliseconds, money is whole
nano-dollars. \`npm run doctor\` compares a live database with this page's source. The requirement documents' table names
are read-only views at the end; in them an instant is a timestamp.`;

export async function databasePage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hallpass-docs-'));
  const database = await openSqlite({ path: join(folder, 'docs.db'), sync: 'normal', busyTimeoutMs: 1_000 });
  try {
    await migrate(database.raw);
    const comments = columnComments();
    const tables = [...(await introspectColumns(database))].toSorted(byName).map(([table, columns]) => {
      const rows = [...columns].map(([name, { kinds, nullable }]) => {
        const meaning = comments.get(`${table}.${name}`) ?? '';
        return `| ${name} | ${kinds.join()} | ${nullable ? 'yes' : ''} | ${meaning.replaceAll('|', '\\|')} |`;
      });
      return [`## ${table}`, '', '| column | kind | null | meaning |', '|---|---|---|---|', ...rows].join('\n');
    });
    const views = [...(await introspectViews(database))]
      .toSorted(byName)
      .map(([view, names]) => `- \`${view}\`: ${names.join(', ')}`);
    return `${[INTRODUCTION, ...tables, '## Views', views.join('\n')].join('\n\n')}\n`;
  } finally {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** Table → column → its kinds, and `not null`. */
export function declaredColumnsJson(): string {
  const tables = [...declaredColumns()].map(([table, columns]) => {
    const types = [...columns].map(([name, { kinds, nullable }]) => [
      name,
      `${kinds.join('|')}${nullable ? '' : ' not null'}`,
    ]);
    return [table, Object.fromEntries(types) as Record<string, string>] as const;
  });
  return `${JSON.stringify(Object.fromEntries(tables), null, 2)}\n`;
}
