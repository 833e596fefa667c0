// Field by field: what a request says reaches an upstream of another format, is refused by name, or is one of the few
// things that may stay behind (docs/protocols.md). Every request of the suite is changed in every place.
import { describe, expect, test } from 'bun:test';

import { AppError } from '../../lib/app-error.ts';
import { openaiCompletions } from './openai-completions/client.ts';
import { type Pair, PAIRS, REQUEST_FEATURES } from './protocol.suite.ts';
import type { ClientFormat } from './protocol.ts';
import { SignatureMemory } from './signature-memory.ts';
import { chat, chatTool, message, messagesTool, SCHEMA } from './suite/request-words.ts';

type Path = readonly (string | number)[];
type Fields = Record<string, unknown>;

const COMPLETION: Fields = {
  prompt: 'Once',
  max_tokens: 5,
  temperature: 0.5,
  top_p: 0.5,
  seed: 3,
  user: 'u',
  presence_penalty: 0.5,
};
const UPSTREAMS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;
const COMPLETIONS = UPSTREAMS.map((upstream): Pair => {
  return { client: openaiCompletions, upstream, bridge: openaiCompletions.bridge(upstream)! };
});
const TRANSLATED = [...PAIRS.filter(({ bridge }) => bridge.translates), ...COMPLETIONS];

/** What the suite's own requests do not say. */
const MORE: Partial<Record<ClientFormat['name'], Fields[]>> = {
  'openai-chat': [
    chat('hi', { verbosity: 'low', user: 'u' }),
    chat('hi', {
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'answer', description: 'The city', schema: SCHEMA, strict: true },
      },
    }),
    chat('hi', { tools: [chatTool({ strict: true })], tool_choice: 'required' }),
  ],
  'openai-responses': [
    { input: 'hi', instructions: 'Be brief.', text: { verbosity: 'low' }, max_output_tokens: 50 },
    {
      input: 'hi',
      text: { format: { type: 'json_schema', name: 'answer', description: 'The city', schema: SCHEMA, strict: true } },
    },
  ],
  'anthropic-messages': [message('hi', { tools: [messagesTool({ strict: true })] })],
  'openai-completions': [COMPLETION],
};

const requestsOf = ({ client: { name } }: Pair): Fields[] => [
  ...REQUEST_FEATURES.flatMap(({ asks }): Fields[] => (name in asks ? [asks[name as keyof typeof asks]!] : [])),
  ...(MORE[name] ?? []),
];

/** The upstream's body as text; the parameter's name where it is refused. */
function outcome({ client, upstream, bridge }: Pair, asked: Fields): { body: string } | { refused: string } {
  const draft = {
    upstreamModel: upstream === 'gemini' ? 'gemini-3.8-flash' : 'inside',
    outputTokens: null,
    maxTokensField: 'max_tokens',
    memory: new SignatureMemory(),
    owner: 'o',
  };
  try {
    return { body: JSON.stringify(bridge.body(client.check({ model: 'public', ...asked }), draft)) };
  } catch (error) {
    if (error instanceof AppError) return { refused: error.options.param ?? error.code };
    throw error;
  }
}

/** Every place of a request, objects and lists included. */
function places(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  const inner = Object.entries(value as Fields).flatMap(([name, one]) =>
    places(one, [...at, Array.isArray(value) ? Number(name) : name]),
  );
  return [at, ...inner];
}

function put(value: unknown, [first, ...rest]: Path, change: (old: unknown) => unknown): unknown {
  if (first === undefined) return change(value);
  const copy = (Array.isArray(value) ? [...value] : { ...(value as Fields) }) as Record<string | number, unknown>;
  copy[first] = put(copy[first], rest, change);
  return copy;
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce((inner, name) => (inner as Record<string | number, unknown>)[name], value);

const nameOf = (path: Path) => path.join('.');

const title = ({ client, upstream }: Pair) => [`${client.name} → ${upstream}`] as const;
const cases = TRANSLATED.map((pair) => [...title(pair), pair] as const);

test('no field of the suite is left out here', () => {
  expect(cases.length).toBe(13);
  for (const pair of TRANSLATED) expect(requestsOf(pair).length).toBeGreaterThan(0);
});

describe.each(cases)('%s', (_title, pair) => {
  const good = requestsOf(pair).filter((asked) => 'body' in outcome(pair, asked));

  test('a field nobody knows is refused with its path, however deep it is', () => {
    const kept: string[] = [];
    for (const asked of good)
      for (const path of places(asked)) {
        const place = valueAt(asked, path);
        if (typeof place !== 'object' || place === null || Array.isArray(place)) continue;
        const changed = put(asked, path, (old) => ({ ...(old as Fields), zz_unknown: 'marker' })) as Fields;
        const seen = outcome(pair, changed);
        const param = nameOf([...path, 'zz_unknown']);
        if ('refused' in seen) expect(seen.refused).toBe(param);
        else if (!seen.body.includes('marker')) kept.push(param);
      }
    expect([...new Set(kept)].filter((param) => !STAYS_BEHIND.some((known) => known.test(param)))).toEqual([]);
  });

  test('a value that is changed changes what is sent, or is refused', () => {
    const same: string[] = [];
    for (const asked of good) {
      const before = outcome(pair, asked);
      for (const path of places(asked)) {
        const place = valueAt(asked, path);
        if (typeof place === 'object') continue;
        const seen = outcome(pair, put(asked, path, another) as Fields);
        if ('body' in seen && 'body' in before && seen.body === before.body) same.push(nameOf(path));
      }
    }
    const mayStay = (path: string) =>
      MAY_STAY.some(([known, ...where]) => known.test(path) && (where.length === 0 || where.includes(pair.upstream)));
    expect([...new Set(same)].filter((path) => !mayStay(path))).toEqual([]);
  });
});

const ODD = [null, 5, 'x', [], {}, [null], true, [[]]];

test.each([...PAIRS, ...COMPLETIONS].map((pair) => [...title(pair), pair] as const))(
  '%s: a request of any shape is carried or refused, never stumbled over',
  (_title, pair) => {
    for (const asked of requestsOf(pair))
      for (const path of places(asked))
        for (const odd of ODD) {
          const changed = put(asked, path, () => odd) as Fields;
          expect(outcome(pair, changed)).toBeDefined();
          expect(guarded(pair, changed)).toBeDefined();
        }
  },
);

/** What is asked of every request before it is written. */
function guarded({ client, bridge }: Pair, asked: Fields): { carried: number } | { refused: string } {
  try {
    const request = client.check({ model: 'public', ...asked });
    client.measure(request, ['inside']);
    client.refuseUnbounded(request);
    client.leftOut?.(request, { translated: bridge.translates, capped: true });
    bridge.refuse?.(request, false);
    return { carried: bridge.carriedBytes?.(request, new SignatureMemory(), 'o') ?? 0 };
  } catch (error) {
    if (error instanceof AppError) return { refused: error.options.param ?? error.code };
    throw error;
  }
}

function another(old: unknown): unknown {
  if (typeof old === 'boolean') return !old;
  if (typeof old === 'number') return old / 2;
  return `${String(old)}x`;
}

/** What clients repeat of an answer, and marks of a cache, are not read whole. */
const STAYS_BEHIND = [
  /^messages\.1\.zz_unknown$/,
  /^messages\.1\.(tool_calls|reasoning_details)\.0\./,
  /^messages\.1\.content\.\d\.zz_unknown$/,
  /^input\.[12]\.(zz_unknown|(summary|content)\.0\.)/,
  /\.cache_control\./,
];

/** Each is said in docs/protocols.md; with the upstreams it stays behind at, where not at all. */
const MAY_STAY: readonly (readonly [RegExp, ...Pair['upstream'][]])[] = [
  // Reasoning that only the format that signed it can read, and the words a repetition is told by.
  [/^messages\.1\.tool_calls\.0\.extra_content\.google\.thought_signature$/],
  [/^messages\.1\.(reasoning_content|reasoning_details\.0\.\w+|tool_calls\.0\.type)$/],
  [/^messages\.1\.content\.0\.(thinking|signature|data)$/],
  [/^input\.1\.(id|encrypted_content|summary\.0\.\w+)$/],
  // A format's name, and strictness where answers and forced calls keep to their schema anyway.
  [/(json_schema|format)\.(name|strict)$/, 'anthropic-messages', 'gemini'],
  [/^tools\.0\.function\.strict$/, 'gemini'],
  // A budget of thinking becomes the nearest word.
  [/^thinking\.budget_tokens$/, 'openai-chat', 'openai-responses'],
  // Hints without a counterpart, and what is seen to in the answer.
  [/^(user|metadata\.user_id)$/, 'gemini'],
  [/^prompt_cache_key$/, 'anthropic-messages', 'gemini'],
  [/\.cache_control\./, 'openai-chat', 'openai-responses', 'gemini'],
  [/^(parallel_tool_calls|tool_choice\.disable_parallel_tool_use)$/, 'gemini'],
];
