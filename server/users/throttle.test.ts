import { expect, test } from 'bun:test';

import { AppError } from '../lib/app-error.ts';
import { TestClock } from '../testing/test-clock.ts';
import { createThrottle, type Throttle, THROTTLE_MAX } from './throttle.ts';
import { networkOf } from './throttle-rules.ts';

const NAT = '203.0.113.7';

/** @returns how long the attempt has to wait; 0 = it was let through (and failed). */
function guess(throttle: Throttle, account: string, ip: string): number {
  try {
    throttle.signIn(account, ip);
    return 0;
  } catch (error) {
    return (error as AppError).options.retryAfterMs!;
  }
}

test('one account at one address: five tries are free, then the wait doubles up to a minute', () => {
  const clock = new TestClock();
  const throttle = createThrottle(clock);
  for (let i = 0; i < 5; i++) expect(guess(throttle, 'a', NAT)).toBe(0);
  const waits = [];
  for (let i = 0; i < 8; i++) {
    const wait = guess(throttle, 'a', NAT);
    waits.push(wait);
    clock.advance(wait - 1);
    expect(guess(throttle, 'a', NAT)).toBe(1);
    clock.advance(1);
    expect(guess(throttle, 'a', NAT)).toBe(0);
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

test('tries at the same moment are counted before any of them has failed', () => {
  const throttle = createThrottle(new TestClock());
  const through = Array.from({ length: 100 }, () => guess(throttle, 'a', NAT)).filter((wait) => wait === 0);
  expect(through).toHaveLength(5);
});

test('one account from many addresses: fifty tries, then two a minute', () => {
  const clock = new TestClock();
  const throttle = createThrottle(clock);
  const from = (i: number) => `198.51.${i >> 8}.${i & 255}`;
  let through = 0;
  for (let i = 0; i < 1_000; i++) if (guess(throttle, 'a', from(i)) === 0) through += 1;
  expect(through).toBe(50);
  for (let minute = 0; minute < 10; minute++) {
    clock.advance(60_000);
    for (let i = 0; i < 200; i++) if (guess(throttle, 'a', from(2_000 + minute * 200 + i)) === 0) through += 1;
  }
  expect(through).toBe(70);
});

test('one address on many accounts: two hundred tries, then one every two seconds', () => {
  const clock = new TestClock();
  const throttle = createThrottle(clock);
  let through = 0;
  for (let i = 0; i < 5_000; i++) if (guess(throttle, `a${i}`, NAT) === 0) through += 1;
  expect(through).toBe(200);
  clock.advance(60_000);
  for (let i = 0; i < 5_000; i++) if (guess(throttle, `b${i}`, NAT) === 0) through += 1;
  expect(through).toBe(230);
});

test('a class of 40 behind one address, each mistyping four times, gets in', () => {
  const throttle = createThrottle(new TestClock());
  for (let pupil = 0; pupil < 40; pupil++) {
    for (let i = 0; i < 4; i++) expect(guess(throttle, `pupil${pupil}`, NAT)).toBe(0);
    throttle.signIn(`pupil${pupil}`, NAT).succeeded();
  }
});

test('a pupil who hammers one account does not hold up the other 39', () => {
  const throttle = createThrottle(new TestClock());
  for (let i = 0; i < 1_000; i++) guess(throttle, 'pupil0', NAT);
  for (let pupil = 1; pupil < 40; pupil++) throttle.signIn(`pupil${pupil}`, NAT).succeeded();
});

test('whoever signed in here before gets in while a neighbour tries every name and strangers try theirs', () => {
  const throttle = createThrottle(new TestClock());
  for (let pupil = 0; pupil < 40; pupil++) throttle.signIn(`pupil${pupil}`, NAT).succeeded();
  for (let i = 0; i < 5_000; i++) guess(throttle, `name${i}`, NAT);
  for (let i = 0; i < 500; i++) guess(throttle, 'pupil7', `198.51.100.${i % 250}`);
  expect(guess(throttle, 'somebody new', NAT)).toBeGreaterThan(0);
  for (let pupil = 0; pupil < 40; pupil++) throttle.signIn(`pupil${pupil}`, NAT).succeeded();
});

test('a sign-in clears the count; an attempt that was never made does not count', () => {
  const throttle = createThrottle(new TestClock());
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 4; i++) guess(throttle, 'a', NAT);
    throttle.signIn('a', NAT).succeeded();
  }
  for (let i = 0; i < 1_000; i++) throttle.signIn('b', '192.0.2.1').withdrawn();
  expect(guess(throttle, 'b', '192.0.2.1')).toBe(0);
});

test('what is remembered is bounded: the account that was quiet longest is forgotten first', () => {
  const throttle = createThrottle(new TestClock());
  for (let i = 0; i < 100; i++) guess(throttle, 'a', NAT);
  expect(guess(throttle, 'a', NAT)).toBeGreaterThan(0);
  for (let i = 0; i < THROTTLE_MAX - 1; i++) guess(throttle, `n${i}`, `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  expect(guess(throttle, 'a', NAT)).toBeGreaterThan(0);
  guess(throttle, 'one more', '192.0.2.1');
  expect(guess(throttle, 'a', NAT)).toBe(0);
});

test('an hour without a failure starts afresh', () => {
  const clock = new TestClock();
  const throttle = createThrottle(clock);
  for (let i = 0; i < 100; i++) guess(throttle, 'a', NAT);
  clock.advance(60 * 60_000 + 1);
  for (let i = 0; i < 5; i++) expect(guess(throttle, 'a', NAT)).toBe(0);
});

test('registering: a hundred at once from one address, and asking for taken addresses costs more', () => {
  const throttle = createThrottle(new TestClock());
  for (let i = 0; i < 100; i++) throttle.register(NAT);
  expect(() => throttle.register(NAT)).toThrow(AppError);
  let asked = 0;
  try {
    for (;;) {
      throttle.register('192.0.2.1').taken();
      asked += 1;
    }
  } catch {
    expect(asked).toBe(20);
  }
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8:0:0:ffff::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['', ''],
])('%p is counted as %p', (ip, network) => {
  expect(networkOf(ip)).toBe(network);
});
