import { expect, test } from 'bun:test';
import { Hono } from 'hono';

import { listen } from './listen.ts';
import type { HttpEnv } from './route.ts';

const here = { hostname: '127.0.0.1', port: 0 };

test('the application learns the peer’s address', async () => {
  const app = new Hono<HttpEnv>().get('/', (http) => http.text(http.env.ip));
  const server = listen(app, here);
  expect(await (await fetch(`http://127.0.0.1:${server.port}`)).text()).toBe('127.0.0.1');
  await server.close(1_000);
});

test('closing lets an answer under way finish', async () => {
  const app = new Hono<HttpEnv>().get('/', async (http) => {
    await Bun.sleep(300);
    return http.text('done');
  });
  const server = listen(app, here);
  const answer = fetch(`http://127.0.0.1:${server.port}`).then((response) => response.text());
  await Bun.sleep(100);
  await server.close(5_000);
  expect(await answer).toBe('done');
});

test('closing waits no longer than it is told', async () => {
  const app = new Hono<HttpEnv>().get('/', () => new Promise<Response>(() => {}));
  const server = listen(app, here);
  const answer = fetch(`http://127.0.0.1:${server.port}`).catch((error: Error) => error);
  await Bun.sleep(100);
  const startedAt = performance.now();
  await server.close(200);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(await answer).toBeInstanceOf(Error);
});

test('a taken port is told with its number', async () => {
  const server = listen(new Hono<HttpEnv>(), here);
  expect(() => listen(new Hono<HttpEnv>(), { ...here, port: server.port })).toThrow(
    `Port ${server.port} is already in use`,
  );
  await server.close(0);
});
