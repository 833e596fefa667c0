import { describe, expect, test } from 'vitest';

import type { ChatLimits } from '@/api/limits.ts';

import { scarcest } from './limits.ts';

const NOW = 1_000_000;
const found = (fields: Partial<ChatLimits>): ChatLimits => ({ requests: null, tokens: null, budget: null, ...fields });
const rate = (limit: number, remaining: number) => ({ limit, remaining, reset_seconds: 20 });

describe('the gauge', () => {
  test('says nothing while there is plenty', () => {
    expect(scarcest(found({}), NOW)).toBeNull();
    const budget = { limit: 5, remaining: 2.6, resets_at: null };
    expect(scarcest(found({ requests: rate(100, 60), tokens: rate(9_000, 5_000), budget }), NOW)).toBeNull();
  });

  test('tells what ends first, with the time it comes back', () => {
    const budget = { limit: 5, remaining: 1, resets_at: '2026-11-21T16:00:00.000Z' };
    expect(scarcest(found({ requests: rate(10, 7), budget }), NOW)).toMatchObject({
      what: 'budget',
      resetsAt: Date.parse('2026-11-21T16:00:00.000Z'),
    });
    expect(scarcest(found({ requests: rate(10, 1), tokens: rate(9_000, 1_000), budget }), NOW)).toEqual({
      what: 'requests',
      limit: 10,
      remaining: 1,
      reset_seconds: 20,
      resetsAt: NOW + 20_000,
    });
    expect(scarcest(found({ tokens: rate(9_000, 10) }), NOW)?.what).toBe('tokens');
  });
});
