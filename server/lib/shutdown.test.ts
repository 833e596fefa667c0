import { expect, test } from 'bun:test';

import { AppError } from './app-error.ts';
import { createShutdown } from './shutdown.ts';

test('a call that begins while the server stops is refused and told when to retry', () => {
  const shutdown = createShutdown();
  shutdown.stop();
  const refused = (): unknown => shutdown.begin();
  expect(refused).toThrow(AppError);
  expect(refused).toThrow('server_stopping');
  expect(shutdown.stopping.aborted).toBe(true);
  expect(shutdown.expired.aborted).toBe(false);
  expect(shutdown.inFlight).toBe(0);
});

test('idle waits for every running call, each counted once however often it says that it ended', async () => {
  const shutdown = createShutdown();
  const endFirst = shutdown.begin();
  const endSecond = shutdown.begin();
  shutdown.stop();
  let idle = false;
  const waiting = shutdown.idle().then(() => (idle = true));
  endFirst();
  endFirst();
  await Promise.resolve();
  expect(shutdown.inFlight).toBe(1);
  expect(idle).toBe(false);
  endSecond();
  await waiting;
  expect(shutdown.inFlight).toBe(0);
});

test('when time is over, running calls are told and new ones are refused', () => {
  const shutdown = createShutdown();
  let told = false;
  shutdown.expired.addEventListener('abort', () => (told = true));
  shutdown.expire();
  expect(told).toBe(true);
  expect(() => shutdown.begin()).toThrow('server_stopping');
});

test('idle resolves at once when nothing runs', async () => {
  await createShutdown().idle();
});
