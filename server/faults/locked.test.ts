// R16: another process holds the database's write lock. Calls are refused within a bound, reads go on, answers that
// were already running get their row afterwards.
import { expect, test } from 'bun:test';

import { brokenPromises, query } from '../testing/inspect.ts';
import { startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { ADMIN_KEY, adminToken, createServerFolder, jsonInit } from '../testing/server-process.ts';

const LOCKED_MS = 10_000;

test('R16: a locked database means 503 within a bound, never an unmetered answer', async () => {
  using upstream = startScriptedUpstream();
  upstream.script('slow', { wordDelayMs: 150, words: Array.from({ length: 10 }, () => ' word') });
  await using folder = await createServerFolder();
  const server = await folder.start();
  const token = await adminToken(server.url);
  const channel = {
    name: 's',
    base_url: upstream.baseUrl,
    api_key: 'k',
    model_id: 'slow',
    rpm_limit: 100_000,
    prices: { prompt: 1, completion: 1 },
  };
  await fetch(`${server.url}/api/admin/channels`, jsonInit(channel, token));
  const made = await fetch(`${server.url}/key/generate`, jsonInit({ max_budget: 5 }, ADMIN_KEY));
  const { key } = (await made.json()) as { key: string };
  const ask = () =>
    fetch(
      `${server.url}/v1/chat/completions`,
      jsonInit({ model: 'slow', stream: true, messages: [{ role: 'user', content: 'hi' }] }, key),
    );

  const running = await ask();
  await using lock = await holdLock(folder.database);
  const startedAt = performance.now();
  const refused = await ask();
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).not.toBeNull();
  expect(((await refused.json()) as { error: { code: string } }).error.code).toBe('ledger_unavailable');
  expect(performance.now() - startedAt).toBeLessThan(6_500);

  const readAt = performance.now();
  const read = await fetch(`${server.url}/api/admin/channels`, { headers: { authorization: `Bearer ${token}` } });
  expect(read.status).toBe(200);
  expect(performance.now() - readAt).toBeLessThan(500);

  await lock.released;
  const text = await running.text();
  const callId = running.headers.get('x-hallpass-call-id')!;
  await Bun.sleep(1_500);
  const [row] = query(folder.database, 'select state from calls where id = ?', callId) as { state: string }[];
  // An answer that ended well for its client must be there; one that waited too long was told so instead.
  expect(row!.state).toBe('settled');
  expect(text).toMatch(/data: \[DONE\]\n\n$|ledger_unavailable/);
  expect(await brokenPromises(folder.database)).toEqual([]);
  expect(query(folder.database, 'select id from attempts').length).toBe(upstream.journal.length);
  expect((await ask()).status).toBe(200);
}, 60_000);

/** A second process takes the write lock and keeps it. */
async function holdLock(path: string): Promise<AsyncDisposable & { released: Promise<void> }> {
  const script = `
    const { Database } = require('bun:sqlite');
    const db = new Database(process.argv[1]);
    db.run('pragma busy_timeout = 5000');
    db.run('begin immediate');
    console.log('locked');
    setTimeout(() => { db.run('rollback'); process.exit(0); }, ${LOCKED_MS});`;
  const child = Bun.spawn([process.execPath, '-e', script, path], { stdout: 'pipe' });
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  if (!new TextDecoder().decode(value).includes('locked')) throw new Error('the lock was not taken');
  return {
    released: child.exited.then(() => undefined),
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
    },
  };
}
