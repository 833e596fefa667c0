import { expect, test } from 'bun:test';

import { bareHost, hostKind, isPrivateUrl } from './hosts.ts';

test.each([
  'http://localhost:11434/v1',
  'http://LOCALHOST.',
  'http://ollama:11434/v1',
  'http://nas.local',
  'http://box.lan/v1',
  'http://llm.internal',
  'http://host.docker.internal:1234',
  'http://127.0.0.1',
  'http://2130706433',
  'http://10.1.2.3',
  'http://[::1]',
  'http://[fd00::1]',
])('%s is on this machine or in this network', (url) => {
  expect(isPrivateUrl(url)).toBe(true);
});

test.each([
  'https://api.openai.com/v1',
  'https://8.8.8.8',
  'https://localhost.example.com',
  'https://[2606:4700::1111]',
  'http://169.254.169.254',
])('%s is not', (url) => {
  expect(isPrivateUrl(url)).toBe(false);
});

test.each([
  ['metadata.google.internal', 'forbidden'],
  ['169.254.169.254', 'forbidden'],
  ['', 'forbidden'],
  ['localhost', 'private'],
  ['a.localhost', 'private'],
  ['localhost.example.com', undefined],
  ['example.com', undefined],
] as const)('the host %p is %p before a look-up', (host, kind) => {
  expect(hostKind(host)).toBe(kind as never);
});

test('brackets and the root’s dot are no part of a host', () => {
  expect(['[::1]', 'a.test.', 'a.test'].map(bareHost)).toEqual(['::1', 'a.test', 'a.test']);
});
