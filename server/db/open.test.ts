import { expect, test } from 'bun:test';

import { readConfig } from '../config.ts';
import { databaseName, isPrepared, openDatabase } from './open.ts';

const config = readConfig({ DATABASE_URL: 'postgres://hallpass:hunter2@127.0.0.1:1/school' });

test('a PostgreSQL that does not answer is told with its place and without its password', async () => {
  const database = await openDatabase(config);
  const told = await isPrepared(database, config).catch(String);
  await database.close();
  expect(told).toContain('The database postgres://127.0.0.1:1/school cannot be reached');
  expect(told).not.toContain('hunter2');
});

test('an address is printed without user and password, a file as it is', () => {
  expect(databaseName(config)).toBe('postgres://127.0.0.1:1/school');
  expect(databaseName(readConfig({}))).toBe('data/hallpass.db');
});
