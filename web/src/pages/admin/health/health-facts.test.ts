import { expect, test } from 'vitest';

import { bytes, healthFacts } from './health-facts.ts';

test('bytes are told in the largest unit that fits', () => {
  expect([0, 1, 1_024, 5_000_000, 1_288_490_189, null].map(bytes)).toEqual([
    expect.stringMatching(/^0/),
    expect.stringMatching(/^1/),
    expect.stringMatching(/^1\s?k/i),
    expect.stringMatching(/^5\s?M/),
    expect.stringMatching(/^1\.2\s?G/),
    '—',
  ]);
});

test('a server without Redis, calls and a known disk is told all the same', () => {
  const groups = healthFacts({
    version: '1.0.0',
    started_at: '2026-01-01T00:00:00.000Z',
    runtime: 'Bun',
    host: 'h',
    time_zone: 'UTC',
    memory_bytes: 1,
    live_calls: 0,
    database: {
      engine: 'sqlite',
      answer_ms: 0.1,
      size_bytes: null,
      migration: '0001',
      call_rows: 0,
      oldest_call_at: null,
    },
    redis: null,
    servers: [],
    disk: null,
    retention_days: { calls: 90, contents: 30 },
  });
  expect(groups).toHaveLength(3);
  expect(groups.flatMap(({ rows }) => rows).every(([name, value]) => name && value)).toBe(true);
});
