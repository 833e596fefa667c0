import { expect, test } from 'bun:test';

import { readConfig, SETTINGS } from './config.ts';
import { helpText, serverAddresses, welcomeText } from './welcome.ts';

test('open to everyone, it names this computer and every address of the network', () => {
  const addresses = serverAddresses(readConfig({}), 8000, ['192.168.1.5', '10.0.0.7']);
  expect(addresses).toEqual(['http://localhost:8000', 'http://192.168.1.5:8000', 'http://10.0.0.7:8000']);
});

test('bound to one address, it names only that one', () => {
  expect(serverAddresses(readConfig({ HOST: '127.0.0.1' }), 80, ['10.0.0.7'])).toEqual(['http://127.0.0.1:80']);
  expect(serverAddresses(readConfig({ HOST: '::1' }), 80, ['10.0.0.7'])).toEqual(['http://[::1]:80']);
});

test('PUBLIC_URL comes first', () => {
  const config = readConfig({ PUBLIC_URL: 'https://ai.school.example/', HOST: '127.0.0.1' });
  expect(serverAddresses(config, 8000, [])).toEqual(['https://ai.school.example', 'http://127.0.0.1:8000']);
});

test('the set-up link and the demo model are named while they are there', () => {
  const config = readConfig({ HOST: '127.0.0.1' });
  const first = welcomeText({ config, port: 8000, setupPath: '/admin/setup#token', demoModel: 'hallpass-demo' });
  expect(first).toContain('http://127.0.0.1:8000/admin/setup#token');
  expect(first).toContain('demo model hallpass-demo answers');
  const later = welcomeText({ config, port: 8000, setupPath: undefined, demoModel: undefined });
  expect(later).not.toMatch(/link|demo/);
});

test('the help names every setting', () => {
  for (const name of Object.keys(SETTINGS)) expect(helpText()).toContain(name);
});
