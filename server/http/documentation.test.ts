import { expect, test } from 'bun:test';

import { ROUTES } from '../routes.ts';
import { createTestApp } from '../testing/test-app.ts';
import { openApiDocument } from './openapi.ts';
import { defineRoute } from './route.ts';

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security: object[];
  parameters?: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: object;
  responses: Record<string, object>;
}

interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
}

async function served(): Promise<Document> {
  await using app = await createTestApp();
  const response = await app.request('/openapi.json');
  expect(response.status).toBe(200);
  return (await response.json()) as Document;
}

const operations = ({ paths }: Document) => Object.values(paths).flatMap((path) => Object.values(path));

test('the document describes every address once, with summary, tag, guard, answers and parameters', async () => {
  const document = await served();
  expect(document.openapi).toBe('3.1.0');
  for (const { method, path, guard } of ROUTES) {
    if (path.endsWith('/') || path.startsWith('/docs') || path === '/openapi.json') continue;
    const template = path.replace(/:(\w+)(\{[^}]*\})?/g, '{$1}');
    const found = document.paths[template]?.[method];
    expect([path, found !== undefined]).toEqual([path, true]);
    expect([path, found!.security.length > 0]).toEqual([path, guard !== 'public']);
    const inPath = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    const declared = (found!.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    expect([path, declared]).toEqual([path, inPath]);
    expect([path, Object.keys(found!.responses).includes('default')]).toEqual([path, true]);
  }
  const ids = operations(document).map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test('every reference leads somewhere, and every guard is explained', async () => {
  const document = await served();
  const json = JSON.stringify(document);
  expect(json).not.toContain('"$schema"');
  for (const [, path] of json.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const target = path!
      .split('/')
      .reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], document);
    expect([path, typeof target]).toEqual([path, 'object']);
  }
  for (const { security } of operations(document))
    for (const name of security.flatMap(Object.keys)) expect(document.components.securitySchemes).toHaveProperty(name);
});

test('requirement 001’s addresses are in it with their bodies', async () => {
  const { paths } = await served();
  for (const [path, method] of [
    ['/api/auth/register', 'post'],
    ['/api/auth/login', 'post'],
    ['/api/auth/admin/login', 'post'],
    ['/api/admin/config', 'put'],
    ['/api/admin/channels', 'post'],
    ['/api/admin/channels/{id}', 'put'],
  ] as const)
    expect([path, paths[path]?.[method]?.requestBody !== undefined]).toEqual([path, true]);
  expect(JSON.stringify(paths['/api/auth/register']!.post!.requestBody)).toContain('"minLength":8');
});

test('a raw address is described by what it declares for the document', () => {
  const route = defineRoute({
    method: 'post',
    path: '/api/chat/things/:id{.+}',
    guard: 'caller',
    summary: 'A thing',
    tag: 'things',
    raw: () => new Response(),
    docs: { description: 'More of it.' },
  });
  const { paths } = openApiDocument([route]) as unknown as Document;
  const operation = paths['/api/chat/things/{id}']!.post!;
  expect(operation).toMatchObject({ operationId: 'postApiChatThingsId', description: 'More of it.' });
  expect(operation.security).toContainEqual({});
});

test('/docs is Swagger UI with nothing from elsewhere and nothing inline', async () => {
  await using app = await createTestApp();
  const page = await app.request('/docs');
  const html = await page.text();
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'; style-src 'self'");
  expect(html).not.toMatch(/<script>|<style|https?:|\/\/[a-z]/);
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
  expect(files).toHaveLength(3);
  for (const path of files) {
    const file = await app.request(path);
    expect([path, file.status]).toEqual([path, 200]);
    expect(file.headers.get('content-type')).toMatch(path.endsWith('.css') ? /^text\/css/ : /^text\/javascript/);
  }
  expect((await app.request('/docs/')).status).toBe(200);
  for (const path of ['/docs/package.json', '/docs/../package.json', '/docs/%2e%2e/package.json', '/docs/index.js'])
    expect([path, (await app.request(path)).status]).toEqual([path, 404]);
});
