import { expect, test } from 'vitest';

import { type Shortcut, SHORTCUTS } from './use-shortcuts.ts';

const press = (fields: Partial<KeyboardEvent>) => fields as KeyboardEvent;
const found = (event: KeyboardEvent, typing: boolean) =>
  (Object.keys(SHORTCUTS) as Shortcut[]).filter((name) => SHORTCUTS[name].matches(event, typing));

const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

test.each([
  ['? beside the fields', { ...none, key: '?', shiftKey: true }, false, ['help']],
  ['? in a field is a question mark', { ...none, key: '?', shiftKey: true }, true, []],
  ['/ in a field is a slash', { ...none, key: '/' }, true, []],
  ['/ beside the fields', { ...none, key: '/' }, false, ['focus']],
  ['Ctrl+/ in a field', { ...none, key: '/', code: 'Slash', ctrlKey: true }, true, ['help']],
  ['⌘⇧O with a Chinese layout', { ...none, key: 'ㄟ', code: 'KeyO', metaKey: true, shiftKey: true }, true, ['newChat']],
  ['Ctrl+R stays the browser’s', { ...none, key: 'r', code: 'KeyR', ctrlKey: true }, false, []],
  ['AltGr is not Ctrl', { ...none, code: 'KeyO', ctrlKey: true, altKey: true, shiftKey: true }, true, []],
] as const)('%s', (_, event, typing, names) => {
  expect(found(press(event as Partial<KeyboardEvent>), typing)).toEqual(names);
});
