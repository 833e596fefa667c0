// A group finds its calls and accounts by their keys, whatever the planner thinks of small tables: else the work grows
// with the square of the group.
import { expect, test } from 'bun:test';

import { testEngine } from '../testing/test-database.ts';
import { account, bound, open } from './ledger.fixtures.ts';
import { openTestLedgers } from './postgres-ledger.fixtures.ts';
import { WRITE_GROUP } from './postgres-rows.ts';
import { BY_KEY } from './postgres-session.ts';

const CALLS = 300;

test.skipIf(testEngine === 'sqlite')(
  'a group looks its rows up by key, with no call yet and with many open',
  async () => {
    await using ledgers = await openTestLedgers();
    const { database, ledger } = ledgers.open();
    const connection = await database.connect();
    const keysUsed = async () => {
      const rows = await connection.query<Record<string, string>>(
        `explain execute write_group('[]', '[]', '[]', '[]', '[]', '[]')`,
      );
      const plan = rows.flatMap((row) => Object.values(row)).join('\n');
      return [...(plan.match(/Index Scan using \w+ on (calls|accounts)/g) ?? [])];
    };
    const byKey = ['calls', 'calls', 'accounts'].map((table) => `Index Scan using ${table}_pkey on ${table}`);

    await connection.run(`${BY_KEY}; prepare write_group(json, json, json, json, json, json) as ${WRITE_GROUP}`);
    expect(await keysUsed()).toEqual(byKey);
    const refs = [account('p', null)];
    await Promise.all(Array.from({ length: CALLS }, () => ledger.open(open(refs, bound(1)))));
    await connection.run('analyze');
    expect(await keysUsed()).toEqual(byKey);
    await connection.close();
  },
);
