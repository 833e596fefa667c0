import { expect, test } from 'bun:test';

import { createServerFolder } from '../testing/server-process.ts';

test('a server that was stopped starts again on its relative path, with what it had', async () => {
  await using folder = await createServerFolder();
  const env = { DATABASE_PATH: 'data/school.db' };
  for (let round = 0; round < 3; round += 1) {
    const server = await folder.start(env);
    const login = await fetch(`${server.url}/api/auth/admin/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password: 'correct horse battery' }),
    });
    expect(login.status).toBe(200);
    server.kill('SIGTERM');
    expect(await server.exited).toBe(0);
  }
}, 60_000);
