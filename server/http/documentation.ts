// /openapi.json and /docs: the API document and Swagger UI, every file of it from this server.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { openApiDocument } from './openapi.ts';
import type { Route } from './route.ts';
import { pagePolicy } from './security-headers.ts';

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Hallpass API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
    <script src="/docs/swagger-ui-bundle.js" defer></script>
    <script src="/docs/initializer.js" defer></script>
  </head>
  <body>
    <div id="swagger-ui"></div>
  </body>
</html>
`;

/** A file of its own, for the policy of pages allows no script inside them. No validator: it would ask a third party. */
const INITIALIZER = `window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
});
`;

const JS = 'text/javascript; charset=utf-8';
const tag = 'system';

/** @param routes what is documented. */
export function documentationRoutes(routes: readonly Route[]): readonly Route[] {
  const shared = { method: 'get', guard: 'public', tag } as const;
  // Made when first asked for: starting the server must not wait for it.
  let json: string | undefined;
  return [
    {
      ...shared,
      path: '/openapi.json',
      summary: 'This document',
      raw: () => answer((json ??= JSON.stringify(openApiDocument(routes))), 'application/json; charset=utf-8'),
    },
    { ...shared, path: '/docs', summary: 'Swagger UI', raw: () => answer(PAGE, 'text/html; charset=utf-8') },
    { ...shared, path: '/docs/initializer.js', summary: 'Starts Swagger UI', raw: () => answer(INITIALIZER, JS) },
    {
      ...shared,
      path: '/docs/swagger-ui-bundle.js',
      summary: 'Swagger UI’s script',
      raw: () => answer(swaggerFile('swagger-ui-bundle.js'), JS),
    },
    {
      ...shared,
      path: '/docs/swagger-ui.css',
      summary: 'Swagger UI’s style',
      raw: () => answer(swaggerFile('swagger-ui.css'), 'text/css; charset=utf-8'),
    },
  ];
}

/** Read when asked: it is 1.5 MB that hardly anybody needs. */
function swaggerFile(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(fileURLToPath(import.meta.resolve(`swagger-ui-dist/${name}`))));
}

function answer(body: string | Uint8Array<ArrayBuffer>, type: string): Response {
  const headers = { 'content-type': type, 'cache-control': 'no-cache', 'content-security-policy': pagePolicy() };
  return new Response(body, { headers });
}
