// S56: names and prompts that would write lines of their own into a log, or colour a terminal.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import { createLogger } from '../lib/logger.ts';
import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';

let gateway: GatewayApp;
beforeAll(async () => {
  gateway = await createGatewayApp();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const HOSTILE = [
  '\n{"level":"error","message":"forged"}',
  '\r\nforged',
  '\u001b[31mred',
  '\u009b31m',
  '</script><b>',
  '\u2028x',
];

test.each(HOSTILE)('%j stays within its line, without escapes a terminal obeys', (text) => {
  const lines: string[] = [];
  createLogger((line) => lines.push(line)).warn(text, { name: text, error: new Error(text) });
  expect(lines).toHaveLength(1);
  expect(lines[0]!).not.toMatch(/\p{Cc}/u);
  expect(() => JSON.parse(lines[0]!)).not.toThrow();
});

test.each(HOSTILE)('a channel cannot be called %j, or is logged as one line', async (name) => {
  const json = { name, base_url: 'https://models.example/v1', api_key: 'sk-x', model_id: 'm' };
  const response = await gateway.app.request('/api/admin/channels', { json, token: gateway.admin });
  expect([201, 200, 400]).toContain(response.status);
  expect(gateway.app.logs.every((line) => line.message !== 'forged')).toBe(true);
});
