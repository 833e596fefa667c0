import { describe, expect, test } from 'bun:test';

import type { PartyKind } from '../ledger/ledger.ts';
import type { PermissionLevel, Principal } from './levels.ts';
import { emptyLevel, levelOf } from './rows.ts';
import { effective, isModelAllowed, limitScopes } from './rules.ts';

const level = (kind: PartyKind, id: string, fields: Partial<PermissionLevel> = {}): PermissionLevel => ({
  ...emptyLevel({ kind, id, name: `${kind} ${id}`, createdAt: 1 }),
  ...fields,
});

const principal = (...levels: PermissionLevel[]) => ({ levels }) as unknown as Principal;

describe('the most specific level that sets a field decides', () => {
  const levels = [
    level('pass', 'p', { models: ['a'] }),
    level('classroom', 'c', { models: ['b'], contentPolicy: 'full' }),
    level('plan', 'x', { models: ['c'], contentPolicy: 'none', maxOutputTokens: 100 }),
    level('system', 'system'),
  ];
  test('each field by itself', () => {
    expect(effective(levels, 'models')).toEqual(['a']);
    expect(effective(levels, 'contentPolicy')).toBe('full');
    expect(effective(levels, 'maxOutputTokens')).toBe(100);
    expect(effective(levels, 'accessSchedule')).toBeNull();
  });
  test('zero is a value', () => {
    expect(
      effective(
        [level('pass', 'p', { maxOutputTokens: 0 }), level('plan', 'x', { maxOutputTokens: 9 })],
        'maxOutputTokens',
      ),
    ).toBe(0);
  });
});

describe('models', () => {
  test('no list allows all; a list allows exactly its names', () => {
    expect(isModelAllowed([level('pass', 'p')], 'gpt-4o')).toBe(true);
    const levels = [level('pass', 'p', { models: ['gpt-4o', 'openai/*'] })];
    for (const [name, allowed] of [
      ['gpt-4o', true],
      ['openai/gpt-5', true],
      ['GPT-4o', false],
      ['gpt-4o ', false],
      ['gpt-4', false],
      ['gpt-4o-mini', false],
      ['xopenai/gpt-5', false],
      ['gpt‑4o', false],
      ['', false],
    ] as const)
      expect([name, isModelAllowed(levels, name)]).toEqual([name, allowed]);
  });
  test('a narrower class does not widen a pass, and an empty stored list means “not set here”', () => {
    const stored = levelOf({ kind: 'pass', id: 'p', name: 'p', createdAt: 0 }, { ...emptyRow, models: '[]' });
    expect(isModelAllowed([stored, level('plan', 'x', { models: ['small'] })], 'large')).toBe(false);
    expect(isModelAllowed([stored, level('plan', 'x', { models: ['small'] })], 'small')).toBe(true);
  });
  test('LiteLLM’s words: all-proxy-models is everything, all-team-models what the class has', () => {
    const owner = { kind: 'pass', id: 'p', name: 'p', createdAt: 0 } as const;
    expect(levelOf(owner, { ...emptyRow, models: '["all-proxy-models"]' }).models).toEqual(['*']);
    expect(levelOf(owner, { ...emptyRow, models: '["all-team-models"]' }).models).toBeNull();
  });
});

const emptyRow = {
  models: null,
  accessSchedule: null,
  contentPolicy: null,
  maxOutputTokens: null,
  budgetNanos: null,
  budgetPeriod: null,
  rpmLimit: null,
  tpmLimit: null,
  maxParallel: null,
};

describe('what cannot be read closes', () => {
  const owner = { kind: 'pass', id: 'p', name: 'p', createdAt: 0 } as const;
  test.each(['{', '"all"', '{"a":1}', '[1]', 'null'])('models %s allow nothing', (models) => {
    expect(isModelAllowed([levelOf(owner, { ...emptyRow, models })], 'gpt-4o')).toBe(false);
  });
  test.each([
    '{',
    '[]',
    'null',
    '{"timezone":"Mars/Olympus","windows":[]}',
    '{"timezone":"UTC","windows":[{"days":["mon"],"start":"8","end":"9"}]}',
  ])('hours %s never open', (accessSchedule) => {
    expect(levelOf(owner, { ...emptyRow, accessSchedule }).accessSchedule).toEqual({ timezone: 'UTC', windows: [] });
  });
  test('an unknown content policy keeps nothing', () => {
    expect(levelOf(owner, { ...emptyRow, contentPolicy: 'everything' }).contentPolicy).toBe('none');
  });
});

describe('limit scopes', () => {
  const plan = level('plan', 'basic', { rpmLimit: 10 });
  test('a plan counts each of its passes by itself, a classroom all of its passes together', () => {
    const classroom = level('classroom', '7a', { rpmLimit: 100 });
    const [anna, ben] = ['anna', 'ben'].map((id) => limitScopes(principal(level('pass', id), classroom, plan)));
    expect(anna!.map(({ key }) => key)).toEqual(['classroom:7a', 'pass:anna@plan:basic']);
    expect(ben!.map(({ key }) => key)).toEqual(['classroom:7a', 'pass:ben@plan:basic']);
  });
  test('every level that sets a number counts, under a key of its own, zero included', () => {
    const scopes = limitScopes(principal(level('pass', 'p', { maxParallel: 0 }), plan, level('system', 'system')));
    expect(scopes).toEqual([
      { key: 'pass:p', name: 'pass p', rpm: null, tpm: null, maxParallel: 0 },
      { key: 'pass:p@plan:basic', name: 'plan basic', rpm: 10, tpm: null, maxParallel: null },
    ]);
  });
  test('guests on the same plan are counted by address', () => {
    const scopes = limitScopes(principal(level('guest', '203.0.113.9'), plan));
    expect(scopes.map(({ key }) => key)).toEqual(['guest:203.0.113.9@plan:basic']);
  });
  test('worked out once for a principal', () => {
    const one = principal(level('pass', 'p'), plan);
    expect(limitScopes(one)).toBe(limitScopes(one));
  });
});
