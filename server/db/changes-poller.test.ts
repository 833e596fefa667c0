import { expect, test } from 'bun:test';

import { createTestApp } from '../testing/test-app.ts';
import { startChangesPoller } from './changes-poller.ts';

test('every bump is seen once, by everyone who polls, and nothing after the stop', async () => {
  await using app = await createTestApp();
  const seen: number[] = [];
  app.ctx.events.on('changes.seen', ({ version }) => seen.push(version));
  const poller = startChangesPoller(app.ctx, 3_600_000);
  await poller.poll();
  await poller.poll();
  expect(seen).toHaveLength(1);
  await app.ctx.bumpChanges();
  await app.ctx.bumpChanges();
  await poller.poll();
  expect(seen).toEqual([seen[0]!, seen[0]! + 2]);
  await poller.stop();
  await app.ctx.bumpChanges();
  await poller.poll();
  expect(seen).toHaveLength(2);
});

test('it looks by itself', async () => {
  await using app = await createTestApp();
  const poller = startChangesPoller(app.ctx, 5);
  await poller.poll();
  const bumped = new Promise<number>((resolve) => app.ctx.events.on('changes.seen', ({ version }) => resolve(version)));
  await app.ctx.bumpChanges();
  expect(await bumped).toBeGreaterThan(1);
  await poller.stop();
});

test('a hint from another process makes it look at once, and many hints are one look', async () => {
  await using app = await createTestApp();
  const poller = startChangesPoller(app.ctx, 3_600_000);
  await poller.poll();
  const bumped = new Promise<number>((resolve) => app.ctx.events.on('changes.seen', ({ version }) => resolve(version)));
  await app.ctx.bumpChanges();
  for (let hint = 0; hint < 1_000; hint++) app.ctx.events.emit({ type: 'changes.hinted' }, 'elsewhere');
  expect(await bumped).toBeGreaterThan(1);
  await poller.stop();
});

test('a database that is gone is logged once and polling goes on', async () => {
  const app = await createTestApp();
  const poller = startChangesPoller(app.ctx, 3_600_000);
  await poller.poll();
  await app[Symbol.asyncDispose]();
  for (let look = 0; look < 3; look++) await poller.poll();
  await poller.stop();
  expect(app.logs.filter(({ level }) => level === 'warn')).toHaveLength(1);
});
