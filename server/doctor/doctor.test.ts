// The consistency check of requirement 004, on either engine.
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { join } from 'node:path';
import { sql } from 'kysely';

import { LOCALES } from '@hallpass/shared/errors.ts';

import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { testEngine } from '../testing/test-database.ts';
import { examine, SECTIONS } from './examine.ts';
import { reportText, verdictOf } from './report.ts';

let app: TestApp;
beforeEach(async () => void (app = await createTestApp()));
afterEach(() => app[Symbol.asyncDispose]());

const run = (statement: string) => sql.raw(statement).execute(app.ctx.database.raw);

test('a migrated database is consistent, and the report says so in each language', async () => {
  const examination = await examine(app.ctx.database);
  expect(examination.findings).toEqual([]);
  for (const section of SECTIONS) expect([section, examination.checked[section] > 0]).toEqual([section, true]);
  for (const locale of LOCALES) {
    const text = reportText(examination, '2026-11-21T02:00:00.000Z', locale);
    expect(text.match(/✅/g)).toHaveLength(SECTIONS.length + 1);
    expect(text).toContain('🟢');
  }
  expect(reportText(examination, '', 'zh-CN')).toContain('一致性检查报告');
});

test('whatever was changed by hand is found and named', async () => {
  await run('alter table calls add column extra text');
  await run('drop view llm_call_logs');
  await run('alter table agents drop column description');
  await run('drop index calls_request_id');
  await run(`delete from kysely_migration where name = '0003-llm-service'`);
  await run(`create table of_mine (id text)`);
  const examination = await examine(app.ctx.database);
  const found = examination.findings.map(({ section, problem, what }) => `${section} ${problem} ${what}`);
  for (const line of [
    'tables unknown calls.extra',
    'tables missing agents.description',
    'types missing agents.description',
    'indexes missing calls_request_id',
    'migrations missing 0003-llm-service',
    'tables unknown of_mine.id',
    'fields missing llm_call_logs.request_messages',
  ])
    expect(found).toContain(line);
  expect(verdictOf(examination)).toBe('error');
  expect(reportText(examination, '', 'en')).toContain('`agents.description` is missing');
});

test.skipIf(testEngine === 'sqlite')('a foreign key out of the ledger, and a changed type, are found', async () => {
  await run('alter table calls add constraint c foreign key (channel_id) references channels(id)');
  await run('alter table agents alter column name drop not null');
  const { findings } = await examine(app.ctx.database);
  expect(findings).toContainEqual(expect.objectContaining({ section: 'references', what: 'calls.channel_id' }));
  expect(findings).toContainEqual({
    section: 'tables',
    level: 'error',
    problem: 'different',
    what: 'agents.name',
    found: 'text',
    expected: 'text not null',
  });
});

test.skipIf(testEngine === 'postgres')(
  'the command reports on the database of the configuration and ends with 0',
  async () => {
    const env = { PATH: Bun.env.PATH ?? '', DATABASE_PATH: app.ctx.config.DATABASE_PATH };
    const cli = (args: string[], more = {}) =>
      Bun.spawn([process.execPath, join(import.meta.dir, '..', 'cli.ts'), ...args], {
        env: { ...env, ...more },
        stdout: 'pipe',
        stderr: 'pipe',
      });
    const checked = cli(['doctor']);
    const text = await new Response(checked.stdout).text();
    expect([await checked.exited, text]).toEqual([0, expect.stringContaining('✅ **完全一致**') as string]);
    const missing = cli(['doctor'], { DATABASE_PATH: '/nowhere/at/all.db' });
    expect(await missing.exited).toBe(1);
    expect(await cli(['heal']).exited).toBe(2);
  },
);
