import { expect, test } from 'bun:test';

import { seededRandom } from '../testing/seeded-random.ts';
import { testEngine } from '../testing/test-database.ts';
import { runReplicaKills } from './replica-kills.ts';

const KILLS = 15;

test.skipIf(testEngine === 'sqlite')(
  'R02: gateways, PostgreSQL and Redis killed in turn: no answer seen complete is lost, none is there twice',
  async () => {
    const seed = Date.now() % 1_000_000;
    const report = await runReplicaKills(KILLS, seededRandom(seed));
    const context = `seed ${seed}: ${JSON.stringify(report).slice(0, 2_000)}`;
    expect(report.lost, context).toEqual([]);
    expect(report.unheld, context).toEqual([]);
    expect(report.duplicates, context).toBe(0);
    expect(report.open, context).toBe(0);
    expect(report.problems, context).toEqual([]);
    expect(report.complete, context).toBeGreaterThan(KILLS * 10);
    // The middle one: a machine that is busy with other tests may hold a single start up.
    expect(report.backMs[KILLS >> 1], context).toBeLessThan(5_000);
  },
  120_000,
);
