// The same events as bytes, in every way that upstreams and networks write and cut them; and how each upstream's stream fails.
import type { UpstreamName } from './answers.ts';

/** @param name what an upstream writes before the data, where it writes any. */
type Frame = (data: string, name: string | undefined) => string;

const named = (name: string | undefined) => (name === undefined ? '' : `event: ${name}\n`);
const plain: Frame = (data, name) => `${named(name)}data: ${data}\n\n`;

/** Whole streams; `events` are the data of each, as `chatEvents` and the others give it. */
export const FRAMINGS: Record<string, (events: readonly [data: string, name: string | undefined][]) => string> = {
  'lines ended by LF': (events) => events.map((event) => plain(...event)).join(''),
  'by CRLF': (events) => events.map((event) => plain(...event).replaceAll('\n', '\r\n')).join(''),
  'by CR': (events) => events.map((event) => plain(...event).replaceAll('\n', '\r')).join(''),
  'a BOM': (events) => `\uFEFF${events.map((event) => plain(...event)).join('')}`,
  'comments between, and fields nobody needs': (events) =>
    events.map((event, at) => `: ping ${at}\n\n: again\nid: ${at}\nretry: 5\nvendor: é\n${plain(...event)}`).join(''),
  'no space behind the colon': (events) => events.map(([data, name]) => `${named(name)}data:${data}\n\n`).join(''),
  'the name behind the data': (events) => events.map(([data, name]) => `data: ${data}\n${named(name)}\n`).join(''),
  'data over several lines': (events) =>
    events.map(([data, name]) => `${named(name)}${pretty(data).replace(/^/gm, 'data: ')}\n\n`).join(''),
  'no empty line at the end': (events) =>
    events
      .map((event) => plain(...event))
      .join('')
      .replace(/\n+$/, ''),
  'empty events between': (events) => events.map((event) => `data:\n\n${plain(...event)}`).join(''),
};

function pretty(data: string): string {
  return data.startsWith('{') ? JSON.stringify(JSON.parse(data), null, 1) : data;
}

/** How a network cuts them: the sizes of the pieces, again and again. */
export const CUTS: readonly (readonly number[])[] = [[3], [1], [1, 7, 2, 5]];
export const WHOLE: readonly number[] = [Infinity];

export function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const end = Math.min(bytes.length, at + sizes[turn % sizes.length]!);
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

/** In each upstream's own words, and some of servers that only pretend to speak a format. */
export const FAILURES: Record<UpstreamName, Record<string, unknown>> = {
  'openai-chat': {
    'an error object': { error: { message: 'Overloaded', type: 'server_error', code: 503 } },
    'an error beside choices': {
      ...{ id: 'c', object: 'chat.completion.chunk', error: { message: 'Overloaded', code: 502 } },
      choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
    },
    'a bare word': { error: 'Overloaded' },
    'vLLM’s older form': { object: 'error', message: 'Overloaded', type: 'InternalServerError', code: 500 },
    'Google’s list': [{ error: { code: 503, message: 'Overloaded', status: 'UNAVAILABLE' } }],
    'a framework’s detail': { detail: 'Internal Server Error' },
  },
  'openai-responses': {
    'response.failed': {
      type: 'response.failed',
      response: { id: 'r', status: 'failed', error: { code: 'server_error', message: 'Overloaded' } },
    },
    error: { type: 'error', code: 'server_error', message: 'Overloaded', param: null },
    'an error object': { type: 'error', error: { type: 'server_error', message: 'Overloaded' } },
  },
  'anthropic-messages': {
    error: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
  },
  gemini: {
    'an error object': { error: { code: 503, message: 'Overloaded', status: 'UNAVAILABLE' } },
    'a list': [{ error: { code: 503, message: 'Overloaded', status: 'UNAVAILABLE' } }],
  },
};
