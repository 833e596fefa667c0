// Makes the kept content of a call out of what was said: bounded in size, with a flag when something was cut. Pure.
import type { CallContent } from '../ledger/ledger.ts';

/** Most characters of JSON kept of the messages, of the reply, and of the request's other fields. */
export const CONTENT_MAX_CHARS = 256 * 1024;
const PARAMS_MAX_CHARS = 32 * 1024;
/** One text of a message; a longer one is cut. */
export const TEXT_MAX_CHARS = 64 * 1024;
/** Of a picture or file inside a message only its kind is kept. */
const DATA_URL = /^data:[\w.+/-]{0,100}[;,]/;
const DATA_URL_KEPT_CHARS = 1_024;

export interface Said {
  messages: readonly unknown[];
  /** The request's other fields. */
  params: Record<string, unknown> | null;
  /** As a chat completion; null = no reply came. */
  reply: unknown;
  /** The reply's text alone. */
  text: string | null;
  policy: string;
  /** Something was cut before it came here. */
  truncated?: boolean;
}

export function callContent({ messages, params, reply, text, policy, truncated = false }: Said): CallContent {
  const cut = { any: truncated };
  return {
    requestJson: messagesJson(messages, cut),
    paramsJson: params && boundedJson(params, PARAMS_MAX_CHARS, cut),
    responseJson: reply === null || reply === undefined ? null : boundedJson(reply, CONTENT_MAX_CHARS, cut),
    responseText: text === null ? null : cutText(text, CONTENT_MAX_CHARS, cut),
    policy,
    truncated: cut.any,
  };
}

interface Cut {
  any: boolean;
}

/** The newest messages that fit; the oldest go first. */
function messagesJson(messages: readonly unknown[], cut: Cut): string {
  const kept: string[] = [];
  let size = 2;
  for (const message of messages.toReversed()) {
    const json = JSON.stringify(message, replacer(TEXT_MAX_CHARS, cut)) ?? 'null';
    size += json.length + 1;
    if (size > CONTENT_MAX_CHARS) {
      cut.any = true;
      break;
    }
    kept.push(json);
  }
  return `[${kept.toReversed().join(',')}]`;
}

/** JSON of at most so many characters; texts are cut shorter until it fits, and what never fits is named only. */
function boundedJson(value: unknown, maxChars: number, cut: Cut): string {
  for (const textChars of [TEXT_MAX_CHARS, 4_096, 256]) {
    const json = JSON.stringify(value, replacer(textChars, cut)) ?? 'null';
    if (json.length <= maxChars) return json;
    cut.any = true;
  }
  return JSON.stringify({ truncated: true, fields: Object.keys(value as object).slice(0, 50) });
}

function replacer(textChars: number, cut: Cut): (key: string, value: unknown) => unknown {
  return (_, value) => {
    if (typeof value !== 'string') return value;
    if (value.length > DATA_URL_KEPT_CHARS) {
      const [head] = DATA_URL.exec(value.slice(0, 120)) ?? [];
      if (head !== undefined) {
        cut.any = true;
        return `${head}…`;
      }
    }
    return cutText(value, textChars, cut);
  };
}

function cutText(text: string, maxChars: number, cut: Cut): string {
  if (text.length <= maxChars) return text;
  cut.any = true;
  // Never half of a character.
  return `${text.slice(0, maxChars - 1).toWellFormed()}…`;
}
