import { describe, expect, test } from 'bun:test';
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

describe('S38: a connection', () => {
  const beats = async function* () {
    for (let i = 0; i < 6; i += 1) {
      yield new TextEncoder().encode('beat ');
      await Bun.sleep(2_500);
    }
  };
  const app = new Hono<HttpEnv>()
    .get('/', (http) => http.text('at once'))
    .post('/', (http) => http.text('unread'))
    .get('/thinks', async (http) => {
      await Bun.sleep(15_000);
      return http.text('at last');
    })
    .get('/beats', () => new Response(beats() as unknown as BodyInit));

  /** What comes on a raw connection, and whether the server closed it. */
  async function talk(port: number, text: string, drip = '') {
    const seen = { text: '', closed: false };
    const socket = await Bun.connect({
      hostname: '127.0.0.1',
      port,
      socket: {
        data: (_, bytes) => void (seen.text += bytes.toString()),
        close: () => void (seen.closed = true),
        error: () => {},
      },
    });
    socket.write(text);
    const timer = drip && setInterval(() => socket.write(drip), 500);
    return { seen, end: () => (clearInterval(timer || undefined), socket.end()) };
  }

  test('on which nothing is under way is closed, whatever drips in; one that waits for its answer is not', async () => {
    const server = listen(app, { ...here, idleSeconds: 8 });
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
    const idle = await talk(server.port, get('/'));
    const halfHead = await talk(server.port, `${get('/')}GET / HTTP/1.1\r\nx: `, 'a');
    const unread = await talk(server.port, 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n', 'a');
    const thinks = await talk(server.port, get('/thinks'));
    const streams = await talk(server.port, get('/beats'));
    await Bun.sleep(13_000);
    for (const { seen } of [idle, halfHead, unread])
      expect([seen.text.startsWith('HTTP/1.1 200'), seen.closed]).toEqual([true, true]);
    for (const { seen } of [thinks, streams]) expect(seen.closed).toBe(false);
    await Bun.sleep(4_000);
    expect(thinks.seen.text).toEndWith('at last');
    expect(streams.seen.text.match(/beat/g)).toHaveLength(6);
    for (const { end } of [idle, halfHead, unread, thinks, streams]) end();
    await server.close(100);
  }, 30_000);
});
