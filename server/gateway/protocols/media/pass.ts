// What is not chat goes through as it is: pictures, speech and ranking have a price a unit, so only units are counted.
import { AppError } from '../../../lib/app-error.ts';
import type { TokenUsage } from '../../../ledger/ledger.ts';
import type { PromptSize } from '../../prompt-size.ts';
import { checkModelName, type ChatRequest, fieldsOf } from '../../request-body.ts';
import { unsupported } from '../neutral.ts';
import type { Bridge, ClientFormat, WholeReading } from '../protocol.ts';

type Fields = Record<string, unknown>;

/** What was used of each kind of unit. */
export interface Units {
  /** Characters or seconds: they stand in the row where tokens stand, at a price per million. */
  counted?: number;
  /** Seconds have a price of their own kind. */
  isAudio?: boolean;
  images?: number;
  /** Searches, each at the price of a request. */
  requests?: number;
}

export interface MediaFormat {
  name: ClientFormat['name'];
  path: string;
  /** Whether the body is a form. */
  form?: boolean;
  /** @throws AppError invalid_parameter for what the price is reckoned by. */
  check(fields: Fields): void;
  /** What is said, for the record of content. */
  said(fields: Fields): string;
  /** The most it can cost. */
  most(fields: Fields): Units;
  /** What it is charged where the upstream tells nothing; `isTold` where that is a fact of the request, not a guess. */
  usual(fields: Fields): { units: Units; isTold: boolean };
  /** Units of an answer, where it tells them; `undefined` = the answer is none. */
  read(answer: MediaAnswer, fields: Fields): { units?: Units; text?: string } | undefined;
}

export interface MediaAnswer {
  bytes: Uint8Array;
  contentType: string;
  /** undefined = it is not JSON. */
  json: Fields | undefined;
}

export function mediaFormat(media: MediaFormat): ClientFormat {
  const bridge = bridgeOf(media);
  return {
    name: media.name,
    headers: [],
    byUnit: true,
    check: (body) => checked(media, body),
    measure: ({ fields }) => sizeOf(media.most(fields), media.usual(fields).units),
    // A unit's price is its price, whatever else is asked.
    refuseUnbounded: () => {},
    bridge: (upstream) => (upstream === 'openai-chat' || upstream === 'openai-responses' ? bridge : undefined),
  };
}

function checked(media: MediaFormat, body: unknown): ChatRequest {
  const fields = fieldsOf(body);
  const model = checkModelName(fields.model);
  if (fields.stream === true || fields.stream === 'true') throw unsupported('stream', 'this is not streamed here');
  media.check(fields);
  const messages = [{ role: 'user', content: media.said(fields) }];
  return { fields, model, messages, tools: [], stream: false, wantsUsage: false, maxTokens: 0, answers: 1 };
}

function sizeOf(most: Units, usual: Units): PromptSize {
  const { counted = 0, isAudio = false, images = 0, requests = 1 } = most;
  return {
    estimateTokens: usual.counted ?? 0,
    boundTokens: isAudio ? 0 : counted,
    images,
    requests,
    audioTokens: isAudio ? counted : 0,
    unknownMedia: [],
    untold: usageOf(usual),
  };
}

function usageOf({ counted = 0, isAudio = false }: Units): TokenUsage {
  return {
    promptTokens: counted,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    completionTokens: 0,
    reasoningTokens: 0,
    ...(isAudio ? { audioTokens: counted } : {}),
  };
}

function bridgeOf(media: MediaFormat): Bridge {
  return {
    translates: false,
    ...(media.form ? { form: true } : {}),
    path: () => media.path,
    body: ({ fields }, { upstreamModel }) => ({ ...fields, model: upstreamModel }),
    readBytes(bytes, contentType, { request, model, upstreamModel }): WholeReading | undefined {
      const json = parse(bytes, contentType);
      const found = media.read({ bytes, contentType, json }, request.fields);
      if (!found) return undefined;
      const usual = media.usual(request.fields);
      const units = found.units ?? (usual.isTold ? usual.units : undefined);
      const isRenamed = json !== undefined && model !== upstreamModel && json.model === upstreamModel;
      const { images, requests } = units ?? usual.units;
      return {
        relay: json ? JSON.stringify(json) : JSON.stringify({ content_type: contentType, bytes: bytes.byteLength }),
        bytes: isRenamed ? new TextEncoder().encode(JSON.stringify({ ...json, model })) : bytes,
        contentType,
        usage: units && usageOf(units),
        text: found.text ?? '',
        ...(images === undefined ? {} : { images }),
        ...(requests === undefined ? {} : { requests }),
      };
    },
    readWhole: () => undefined,
    reader: () => {
      throw new Error('this is not streamed');
    },
  };
}

function parse(bytes: Uint8Array, contentType: string): Fields | undefined {
  if (!/json/i.test(contentType)) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

export function wrong(param: string, detail: string): AppError {
  return new AppError('invalid_parameter', { param, params: { param, detail } });
}

/** A text of 1 to `max` characters. @throws AppError invalid_parameter. */
export function checkText(fields: Fields, name: string, max: number): void {
  const value = fields[name];
  if (typeof value !== 'string' || value === '' || value.length > max)
    throw wrong(name, `a text of 1 to ${max} characters is expected`);
}
