import { describe, expect, test } from 'vitest';

import { useEnterToSend } from './use-enter-to-send.ts';

const press = (fields: Partial<KeyboardEvent> = {}) =>
  ({ key: 'Enter', timeStamp: 1_000, isComposing: false, keyCode: 13, ...fields }) as KeyboardEvent;

describe('Enter', () => {
  test('sends', () => {
    expect(useEnterToSend().isSend(press())).toBe(true);
  });

  test.each(['shiftKey', 'ctrlKey', 'altKey', 'metaKey'] as const)('with %s does not', (modifier) => {
    expect(useEnterToSend().isSend(press({ [modifier]: true }))).toBe(false);
  });

  test('inside an input method’s composition does not', () => {
    expect(useEnterToSend().isSend(press({ isComposing: true }))).toBe(false);
    expect(useEnterToSend().isSend(press({ keyCode: 229 }))).toBe(false);
  });

  test('that ended the composition in Safari does not, the next one does', () => {
    const guard = useEnterToSend();
    guard.onCompositionend({ timeStamp: 1_000 });
    expect(guard.isSend(press({ timeStamp: 1_030 }))).toBe(false);
    expect(guard.isSend(press({ timeStamp: 1_031 }))).toBe(true);
  });

  test('any other key does not', () => {
    expect(useEnterToSend().isSend(press({ key: 'a' }))).toBe(false);
  });
});
