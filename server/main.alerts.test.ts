// What is wrong when a server starts is told at once, not half a minute later.
import { expect, test } from 'bun:test';

import type { AlertsReply } from '@hallpass/shared/alerts.ts';

import { startScriptedUpstream } from './testing/scripted-upstream.ts';
import { adminToken, createServerFolder, jsonInit, setUpModel } from './testing/server-process.ts';

test('a key that was refused just before the server ended is on the overview right after its next start', async () => {
  using upstream = startScriptedUpstream();
  upstream.script('m', { status: 401 });
  await using folder = await createServerFolder();
  const first = await folder.start();
  const pass = await setUpModel(first.url, upstream.baseUrl, 'm');
  const ask = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
  await fetch(`${first.url}/v1/chat/completions`, jsonInit(ask, pass));
  const openAt = async (url: string, token: string) => {
    const response = await fetch(`${url}/api/admin/alerts`, { headers: { authorization: `Bearer ${token}` } });
    return ((await response.json()) as AlertsReply).open.map(({ kind }) => kind);
  };
  // Its rounds are half a minute apart, so nobody has looked since.
  expect(await openAt(first.url, await adminToken(first.url))).toEqual([]);
  first.kill('SIGKILL');
  await first.exited;

  const second = await folder.start();
  const token = await adminToken(second.url);
  const deadline = performance.now() + 10_000;
  let open = await openAt(second.url, token);
  for (; open.length === 0 && performance.now() < deadline; open = await openAt(second.url, token)) await Bun.sleep(50);
  expect(open.toSorted()).toEqual(['channel_down', 'key_disabled']);
}, 60_000);
