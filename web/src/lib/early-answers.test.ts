import { afterEach, expect, test } from 'vitest';

import { takeEarlyAnswer } from './early-answers.ts';

const PATH = '/api/chat/models';
const asked = (token?: string) => {
  const answer = Promise.resolve(Response.json([]));
  window.earlyAnswers = { locale: 'en', token, answers: { [PATH]: answer } };
  return answer;
};
afterEach(() => delete window.earlyAnswers);

test('is handed out once, to whom it was asked for', () => {
  const answer = asked('eyJ.x.y');
  expect(takeEarlyAnswer(PATH, 'en', 'eyJ.x.y')).toBe(answer);
  expect(takeEarlyAnswer(PATH, 'en', 'eyJ.x.y')).toBeUndefined();
});

test.each([
  ['another person', PATH, 'en', 'eyJ.a.b'],
  ['a guest', PATH, 'en', undefined],
  ['another language', PATH, 'zh-TW', 'eyJ.x.y'],
  ['another address', '/api/chat/limits', 'en', 'eyJ.x.y'],
])('is not for %s', (_, path, locale, token) => {
  void asked('eyJ.x.y');
  expect(takeEarlyAnswer(path, locale, token)).toBeUndefined();
});

test('is none where nothing was asked', () => {
  expect(takeEarlyAnswer(PATH, 'en', undefined)).toBeUndefined();
});
