import { expect, test } from 'bun:test';

import { type Mark, ProgressMarks } from './progress-marks.ts';

test('sends only the newest mark of each call, a few times a second', async () => {
  const sent: Mark[][] = [];
  const marks = new ProgressMarks(async (list) => void sent.push(list));
  for (let bytes = 1; bytes <= 100; bytes += 1) {
    marks.set('a', bytes);
    if (bytes % 2) marks.set('b', bytes);
  }
  expect(sent).toEqual([]);
  await Bun.sleep(300);
  expect(sent).toEqual([
    [
      { callId: 'a', deliveredBytes: 100 },
      { callId: 'b', deliveredBytes: 99 },
    ],
  ]);
  await Bun.sleep(300);
  expect(sent).toHaveLength(1);
  marks.set('a', 101);
  await Bun.sleep(300);
  expect(sent).toHaveLength(2);
});

test('sends nothing of a call that has ended', async () => {
  const sent: Mark[][] = [];
  const marks = new ProgressMarks(async (list) => void sent.push(list));
  marks.set('a', 1);
  marks.drop('a');
  await Bun.sleep(300);
  expect(sent).toEqual([]);
  marks.set('b', 2);
  await Bun.sleep(300);
  expect(sent).toEqual([[{ callId: 'b', deliveredBytes: 2 }]]);
});

test('waits for the last message before it sends the next, and goes on when one fails', async () => {
  const sent: Mark[][] = [];
  const blocked = Promise.withResolvers<void>();
  const marks = new ProgressMarks((list) => {
    sent.push(list);
    return blocked.promise;
  });
  marks.set('a', 1);
  await Bun.sleep(300);
  for (let bytes = 2; bytes < 50; bytes += 1) marks.set('a', bytes);
  await Bun.sleep(600);
  expect(sent).toHaveLength(1);
  blocked.reject(new Error('the database is locked'));
  await Bun.sleep(300);
  expect(sent).toEqual([[{ callId: 'a', deliveredBytes: 1 }], [{ callId: 'a', deliveredBytes: 49 }]]);
});
