// A refusal is said in the reader's language to its last word: every address that takes anything is sent what it does
// not take, in Simplified and in Traditional Chinese.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

import { reasonIn } from '@hallpass/shared/reasons.ts';

import type { Route } from '../http/route.ts';
import { ROUTES } from '../routes.ts';
import { ADMIN_KEY, createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { type Taught, teach } from '../testing/teaching.ts';

const CHINESE = ['zh-CN', 'zh-TW'] as const;
type Json = Record<string, unknown>;

let gateway: GatewayApp;
let taught: Taught;
let pass: string;
beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
  taught = await teach(gateway, '7a', ['Ming']);
  pass = await gateway.pass({ max_budget: 1 });
});
afterAll(() => gateway[Symbol.asyncDispose]());

function jsonSchemaOf(schema: unknown): Json | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
}

/** Signing out or closing the account would end the test, not answer it. */
const ENDS = ['/api/auth/logout', '/api/auth/logout-everywhere', '/api/auth/close'];
const WALKED = ROUTES.filter(
  ({ path, body, query, docs }) =>
    [body, docs?.body, query].some(
      (schema) => Object.keys((jsonSchemaOf(schema)?.['properties'] ?? {}) as Json).length > 0,
    ) && !ENDS.includes(path),
);

/** Words of the trade that stand in a Chinese sentence as they are. */
const NAMES = /chat completions|text completions/g;
/** What is quoted: between quotation marks, or after “:”, the place in the request. */
const QUOTED = /“[^”]*”|「[^」]*」|"[^"]*"|'[^']*'|`[^`]*`/g;

/** English that nobody quotes: two words side by side. */
function english(message: string): string[] {
  return (
    message
      .replace(QUOTED, '')
      .replace(NAMES, '')
      .match(/[A-Za-z’]{2,} [A-Za-z’]{2,}[A-Za-z’ ]*/g) ?? []
  );
}

test('the look for English finds it, and takes names and quotations for what they are', () => {
  expect(english('参数 days 有误：the plan gives at most 60')).toEqual(['the plan gives at most ']);
  expect(english('请求内容有误：name: is required')).toEqual(['is required']);
  expect(english('参数 models 有误：没有另一个名为 “the other one” 的模型')).toEqual([]);
});

test.each([
  ['zh-CN', '请求内容有误：name: 必须填写'],
  ['zh-TW', '請求內容有誤：name: 必須填寫'],
  ['en', 'The request is not valid: name: is required'],
])('in %s a field that is missing is asked for, without the names of types', async (locale, message) => {
  const response = await gateway.app.request('/api/admin/plans', {
    method: 'POST',
    token: gateway.admin,
    headers: { 'accept-language': locale },
    json: {},
  });
  expect(((await response.json()) as { error: { message: string } }).error.message).toBe(message);
});

/** Something that a schema takes; not for sure, but often enough that what is wrong beside it is what is refused. */
function sample(schema: Json): unknown {
  const {
    type,
    properties,
    required = [],
    items,
    anyOf,
  } = schema as {
    type?: string;
    properties?: Record<string, Json>;
    required?: string[];
    items?: Json;
    anyOf?: Json[];
  };
  const choices = (schema['enum'] ?? (schema['const'] === undefined ? undefined : [schema['const']])) as unknown[];
  if (choices) return choices[0];
  if (anyOf) return sample(anyOf[0]!);
  if (type === 'object' || properties)
    return Object.fromEntries(required.map((name) => [name, sample(properties?.[name] ?? {})]));
  if (type === 'array') return [sample(items ?? {})];
  if (type === 'number' || type === 'integer') return Math.max(1, Number(schema['minimum'] ?? 1));
  if (type === 'boolean') return true;
  return 'x'.repeat(Math.max(8, Number(schema['minLength'] ?? 1)));
}

const LONG = 'x'.repeat(40_000);
const WRONG = [null, 7, -1, 1.5, 1e300, true, '', ' ', LONG, 'a\u0007b', 'a\u0000b', [], [null], {}, { unknown: 1 }];

/** Bodies in which one thing is wrong: the whole, a field missing, one too many, a field of every wrong kind. */
function* wrongBodies(schema: Json): Generator<unknown> {
  yield* [null, [], 'x', 5, {}, { unknown_field: 1 }];
  const whole = sample(schema);
  if (typeof whole !== 'object' || whole === null) return;
  yield whole;
  yield { ...whole, unknown_field: 1 };
  const properties = (schema['properties'] ?? {}) as Record<string, Json>;
  for (const [name, of] of Object.entries(properties)) {
    yield Object.fromEntries(Object.entries(whole).filter(([one]) => one !== name));
    for (const value of WRONG) yield { ...whole, [name]: value };
    const inner = (of['items'] ?? of) as Json;
    for (const one of Object.keys((inner['properties'] ?? {}) as Json))
      for (const value of [null, 7, LONG, 'a\u0007b', {}]) {
        const bad = { ...(sample(inner) as Json), [one]: value };
        yield { ...whole, [name]: of['items'] ? [bad] : bad };
      }
  }
}

async function refusalOf(route: Route, { query = '', json }: { query?: string; json?: unknown }, locale: string) {
  const token =
    { teacher: taught.token, admin: gateway.admin, login: gateway.admin, adminKey: ADMIN_KEY }[route.guard as string] ??
    pass;
  const path = route.path.replace(':classroom', taught.classroom.id).replace(/:\w+/g, 'x');
  const response = await gateway.app.request(`${path}${query}`, {
    method: route.method.toUpperCase(),
    token,
    headers: { 'accept-language': locale },
    ...(json === undefined ? {} : { json }),
  });
  if (response.status < 400) {
    await response.body?.cancel();
    return undefined;
  }
  const { error } = (await response.json()) as { error: { message: string } };
  return error.message;
}

describe.each(WALKED.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const))(
  '%s',
  (_, route) => {
    test.each(CHINESE)('%s', async (locale) => {
      const said = new Map<string, unknown>();
      const note = async (sent: { query?: string; json?: unknown }) => {
        const message = await refusalOf(route, sent, locale);
        if (message !== undefined) said.set(message, sent);
      };
      const body = jsonSchemaOf(route.body ?? route.docs?.body);
      if (body) for (const json of wrongBodies(body)) await note({ json });
      const query = (jsonSchemaOf(route.query)?.['properties'] ?? {}) as Json;
      for (const name of Object.keys(query))
        for (const value of ['', '-1', '1.5', '1e9', 'x', '%', LONG.slice(0, 4_000), '%00', '%07', '2026-02-31'])
          await note({ query: `?${name}=${value}`, ...(body ? { json: sample(body) } : {}) });
      const found = [...said].filter(([message]) => english(message).length > 0);
      expect(found.map(([message, sent]) => [message.slice(0, 200), JSON.stringify(sent).slice(0, 200)])).toEqual([]);
      expect(said.size).toBeGreaterThan(0);
    });
  },
);

/** Where code gives a reason: by these functions, as a detail, or in a schema. */
const GIVEN = [
  /(?:\b(?:wrong|wrongParam|invalid|unsupported|refuse|refused|refuseVerbosity)\(|\b(?:detail|message|error)[:=] ?|\bproblems\.push\()([^;{}]*?)(?:\)|;|$)/gm,
  /\.(?:refine|regex)\(((?:[^()]|\([^()]*\))*)\)/g,
];
const LITERAL = /'([^'\n]*)'|`([^`\n]*)`/g;

test('every reason that stands in the code is in the table', () => {
  const root = join(import.meta.dir, '../..');
  // What ends a stream (`relay-stream.ts`) is written to the call's row, not said.
  const files = [
    'server/gateway',
    'server/plans',
    'server/classrooms',
    'server/compat',
    'server/channels',
    'server/calls',
    'shared',
  ]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true }).map((name) => join(root, folder, String(name))),
    )
    .filter(
      (name) =>
        name.endsWith('.ts') && !/test\.ts$|suite|errors\.ts|reasons\.ts|alerts\.ts|relay-stream\.ts/.test(name),
    );
  const reasons = new Set<string>();
  for (const file of files) {
    const source = readFileSync(file, 'utf8').replace(/^\s*(?:\/\/|\*|\/\*\*).*$/gm, '');
    for (const given of GIVEN)
      for (const [, call] of source.matchAll(given))
        for (const [, plain, template] of call!.matchAll(LITERAL)) {
          const text = plain ?? template!.replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '9');
          if (/^[a-z“0-9][^<=/]*[a-z]{2,} [a-z]{2,}/.test(text)) reasons.add(text);
        }
  }
  expect(reasons.size).toBeGreaterThan(60);
  const missing = [...reasons].filter((reason) =>
    CHINESE.some((locale) => english(reasonIn(locale, reason)).length > 0),
  );
  expect(missing).toEqual([]);
});
