import { expect, test } from 'bun:test';

import { listUpstreamModels } from './list-upstream-models.ts';

test('a list is asked for with the channel’s way of sending its key and with its query', async () => {
  const seen: [string, string | null, string | null][] = [];
  await using server = {
    bun: Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch(request) {
        const { pathname, search } = new URL(request.url);
        seen.push([pathname + search, request.headers.get('authorization'), request.headers.get('api-key')]);
        return Response.json({ data: [{ id: 'm' }] });
      },
    }),
    async [Symbol.asyncDispose]() {
      await this.bun.stop(true);
    },
  };
  const base = { baseUrl: `http://127.0.0.1:${server.bun.port}/v1`, apiKey: 'k&y', policy: { allowPrivate: true } };
  expect(await listUpstreamModels(base)).toEqual(['m']);
  await listUpstreamModels({ ...base, authType: 'api-key', query: 'api-version=preview' });
  await listUpstreamModels({ ...base, authType: 'query', query: 'a=b' });
  await listUpstreamModels({ ...base, authType: 'none' });
  expect(seen).toEqual([
    ['/v1/models', 'Bearer k&y', null],
    ['/v1/models?api-version=preview', null, 'k&y'],
    ['/v1/models?a=b&key=k%26y', null, null],
    ['/v1/models', null, null],
  ]);
});
