// Makes the OpenAPI 3.1 document from the declared routes.
import { z } from 'zod';

import type { Guard } from '@hallpass/shared/roles.ts';

import { version } from '../../package.json';
import type { ErrorFamily, Route } from './route.ts';

type Json = Record<string, unknown>;

const TITLE = 'Hallpass';
const DESCRIPTION =
  'The AI gateway and chat room a school runs itself. Addresses under /v1 are those of OpenAI; a pass (sk-hp-…) or a ' +
  'login token is sent as `Authorization: Bearer …`. Errors carry a whole sentence in the language of Accept-Language.';

const SECURITY_SCHEMES: Json = {
  login: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'access_token of POST /api/auth/login or /api/auth/admin/login; valid for 24 hours',
  },
  pass: { type: 'http', scheme: 'bearer', description: 'A pass, such as sk-hp-…' },
  adminKey: { type: 'http', scheme: 'bearer', description: 'LITELLM_ADMIN_KEY' },
};

/** Any one of these opens the route. */
const SECURITY: Record<Guard, Json[]> = {
  public: [],
  login: [{ login: [] }],
  teacher: [{ login: [] }],
  admin: [{ login: [] }],
  adminKey: [{ adminKey: [] }, { login: [] }],
  pass: [{ pass: [] }],
  caller: [{ pass: [] }, { login: [] }, { adminKey: [] }],
};

const text = { type: 'string' };
const textOrNull = { type: ['string', 'null'] };

/** How each family tells an error; further fields may come. */
const ERROR_SCHEMAS: Record<ErrorFamily, Json> = {
  openai: errorSchema({ message: text, type: text, param: textOrNull, code: text }),
  litellm: errorSchema({ message: text, type: text, param: textOrNull, code: text }),
  chat: errorSchema({ message: text, type: text, retry_after: { type: 'integer' }, param: textOrNull, code: text }, [
    'message',
    'type',
  ]),
  messages: errorSchema({ message: text, type: text }),
};

function errorSchema(properties: Json, required = Object.keys(properties)): Json {
  return { type: 'object', required: ['error'], properties: { error: { type: 'object', required, properties } } };
}

/** @param routes in the order they are listed. */
export function openApiDocument(routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    // Twins that differ by a trailing slash are one address.
    if (route.path.endsWith('/')) continue;
    const path = toTemplate(route.path);
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: TITLE,
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { securitySchemes: SECURITY_SCHEMES, schemas: componentErrors() },
  };
}

const PARAMETER = /:(\w+)(\{[^}]*\})?/g;
const toTemplate = (path: string): string => path.replace(PARAMETER, '{$1}');

const errorName = (family: ErrorFamily): string => `Error_${family}`;

function componentErrors(): Json {
  return Object.fromEntries(
    Object.entries(ERROR_SCHEMAS).map(([family, schema]) => [errorName(family as ErrorFamily), schema]),
  );
}

function operation(route: Route): Json {
  const { guard, tag, summary, docs } = route;
  const body = asSchema(docs?.body ?? route.body, 'input');
  const parameters = [...pathParameters(route), ...queryParameters(route)];
  const guests = guard === 'caller' && route.path.startsWith('/api/chat/');
  return {
    operationId: operationId(route),
    tags: [tag],
    summary,
    ...(docs?.description ? { description: docs.description } : {}),
    security: guests ? [...SECURITY[guard], {}] : SECURITY[guard],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } } : {}),
    responses: responses(route),
  };
}

/** `post /api/admin/channels/:id` → `postApiAdminChannelsId`. */
function operationId({ method, path }: Route): string {
  const words = path
    .replace(PARAMETER, '$1')
    .replaceAll('-', '_')
    .split(/[^A-Za-z0-9_]+/)
    .filter(Boolean);
  return method + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
}

function responses(route: Route): Json {
  const { docs, status = 200 } = route;
  const whole = asSchema(route.response ?? docs?.response, 'output');
  const event = asSchema(docs?.event, 'output');
  const content = {
    ...(whole ? { 'application/json': { schema: whole } } : {}),
    ...(event ? { 'text/event-stream': { schema: event } } : {}),
    ...(route.fileType ? { [route.fileType]: { schema: text } } : {}),
  };
  const family = route.family ?? (route.path.startsWith('/api/chat/') ? 'chat' : 'openai');
  const error = { schema: { $ref: `#/components/schemas/${errorName(family)}` } };
  return {
    [status]: { description: 'Done', ...(Object.keys(content).length > 0 ? { content } : {}) },
    default: { description: 'Refused or failed', content: { 'application/json': error } },
  };
}

function pathParameters(route: Route): Json[] {
  const declared = propertiesOf(route.params);
  return [...route.path.matchAll(PARAMETER)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: declared.properties[name!] ?? { type: 'string' },
  }));
}

function queryParameters(route: Route): Json[] {
  const { properties, required } = propertiesOf(route.query);
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function propertiesOf(schema: unknown): { properties: Record<string, Json>; required: string[] } {
  const { properties = {}, required = [] } = asSchema(schema, 'input') ?? {};
  return { properties: properties as Record<string, Json>, required: required as string[] };
}

/** `input`: what may be sent; `output`: what is answered. */
function asSchema(schema: unknown, io: 'input' | 'output'): Json | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  const { $schema: _, $defs: anything, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return anything ? (withoutReferences(rest) as Json) : rest;
}

/** The only schema that refers to itself is “any JSON”, which is what a schema without rules means. */
function withoutReferences(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutReferences);
  if ('$ref' in value) return {};
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutReferences(inner)]));
}
