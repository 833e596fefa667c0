// Step 5b: reads an upstream answer far enough to know that it is one; nothing has been relayed until then.
import { nestsTooDeep } from '../lib/nesting.ts';
import type { Attempt } from './attempt.ts';
import type { Call } from './call.ts';
import { errorInEvent } from './protocols/event-errors.ts';
import { readGoogleError } from './protocols/gemini/errors.ts';
import type { AnswerContext, Bridge } from './protocols/protocol.ts';
import type { Answer } from './send.ts';
import {
  cleanDetail,
  failureOfBody,
  failureOfEvent,
  failureOfModel,
  failureOfSize,
  failureOfStatus,
  hiderOf,
  retryAfterOf,
  type UpstreamFailure,
} from './upstream-failure.ts';
import { UpstreamStream } from './upstream-stream.ts';

/** Of an error's body, no more than this is read. */
const ERROR_BODY_BYTES = 64 * 1024;

/** Characters of an answer's headers; what is far above means no good. */
const MAX_HEADER_CHARS = 64 * 1024;

function sizeOf(headers: Headers): number {
  let size = 0;
  for (const [name, value] of headers) size += name.length + value.length;
  return size;
}

export async function readHead(
  response: Response,
  call: Call,
  attempt: Attempt,
  bridge: Bridge,
): Promise<Answer | UpstreamFailure> {
  if (sizeOf(response.headers) > MAX_HEADER_CHARS) {
    attempt.abort('useless');
    return failureOfBody('headers_too_large', response.status);
  }
  attempt.upstreamRequestId =
    (response.headers.get('x-request-id') ?? response.headers.get('request-id'))?.slice(0, 200) ?? null;
  if (response.status !== 200) {
    const text = (await readError(response, ERROR_BODY_BYTES)) ?? '';
    const hide = hiderOf(attempt.route, attempt.key, call.model.publicName);
    return failureOfStatus(response.status, text, retryAfterOf(response.headers, attempt.ctx.clock.now()), hide);
  }
  return call.request.stream ? streamHead(response, call, attempt, bridge) : wholeHead(response, call, attempt, bridge);
}

async function wholeHead(
  response: Response,
  call: Call,
  attempt: Attempt,
  bridge: Bridge,
): Promise<Answer | UpstreamFailure> {
  const { channel } = attempt.route;
  const bytes = await readBytes(response, channel.options.maxResponseBytes).catch((error: unknown) => {
    if (attempt.abortReason !== undefined) throw error;
    return null;
  });
  if (bytes === null) return failureOfBody('answer_short', response.status);
  if (bytes === undefined) {
    attempt.abort('useless');
    return failureOfSize(response.status);
  }
  const context = answerContext(call, attempt);
  const reading = bridge.readBytes
    ? bridge.readBytes(bytes, contentTypeOf(response), context)
    : unlessTooDeep(bytes, (text) => bridge.readWhole(text, context));
  if (!reading) return failureOfBody('answer_not_ours', response.status);
  if (reading.failure !== undefined) return failureOfModel(reading.failure, response.status, reading.usage);
  return { kind: 'whole', attempt, httpStatus: response.status, reading };
}

async function streamHead(
  response: Response,
  call: Call,
  attempt: Attempt,
  bridge: Bridge,
): Promise<Answer | UpstreamFailure> {
  const type = response.headers.get('content-type') ?? '';
  if (!response.body || !/^text\/event-stream/i.test(type)) {
    attempt.abort('useless');
    return failureOfBody('answer_not_stream', response.status);
  }
  const { stallTimeoutMs, longestStreamMs } = attempt.route.channel.options;
  const abort = () => attempt.abort('useless');
  const { monotonic } = attempt.ctx.clock;
  const stream = new UpstreamStream(response.body, abort, monotonic, stallTimeoutMs, longestStreamMs);
  const item = await stream.next();
  if (item.kind === 'failed' && item.reason === 'too_large') return failureOfSize(response.status);
  if (item.kind === 'failed') throw new Error(`the stream failed before its first event: ${item.reason}`);
  if (item.kind === 'event' && item.data !== '[DONE]') {
    const refused = errorIn(item.data);
    const { httpStatus } = readGoogleError(item.data);
    if (refused === undefined)
      return {
        kind: 'stream',
        attempt,
        httpStatus: response.status,
        stream,
        first: item.data,
        reader: bridge.reader(answerContext(call, attempt)),
      };
    stream.cancel();
    if (httpStatus === undefined) return failureOfEvent(refused, response.status);
    // The status that would have come had the stream not begun.
    return failureOfStatus(
      httpStatus,
      item.data,
      undefined,
      hiderOf(attempt.route, attempt.key, call.model.publicName),
    );
  }
  stream.cancel();
  return failureOfBody('stream_unbegun', response.status);
}

/** The cleaned message when a stream's very first event is an error; undefined when it is none. */
function errorIn(data: string): string | undefined {
  try {
    const error = errorInEvent(JSON.parse(data));
    return error === undefined ? undefined : cleanDetail(JSON.stringify({ error })) || 'error';
  } catch {
    return 'the first event is not JSON';
  }
}

function answerContext(call: Call, { ctx, route }: Attempt): AnswerContext {
  return {
    request: call.request,
    model: call.model.publicName,
    upstreamModel: route.upstreamModel,
    thinkTags: route.channel.options.thinkTags,
    id: call.id,
    created: Math.floor(call.openedAt / 1000),
    memory: ctx.gateway.signatures,
    owner: ownerOf(call),
  };
}

/** Whose reasoning a call's is. */
export function ownerOf({ principal, ip }: Pick<Call, 'principal' | 'ip'>): string {
  return principal.passId ?? principal.userId ?? principal.seatId ?? `guest ${ip}`;
}

/** Relayed to the client, so nothing but a plain type. */
function contentTypeOf(response: Response): string {
  const type = response.headers.get('content-type') ?? '';
  return /^[\w.+-]+\/[\w.+-]+(;[\x20-\x7e]*)?$/.test(type) ? type.slice(0, 200) : 'application/octet-stream';
}

function unlessTooDeep<T>(bytes: Buffer, read: (text: string) => T): T | undefined {
  // Some servers begin with a byte order mark, which is no JSON.
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  return nestsTooDeep(text) ? undefined : read(text);
}

async function readError(response: Response, maxBytes: number): Promise<string | undefined> {
  return (await readBytes(response, maxBytes))?.toString('utf8');
}

/** A body, or undefined when it is longer than the bound. */
async function readBytes(response: Response, maxBytes: number): Promise<Buffer | undefined> {
  const declared = Number(response.headers.get('content-length') ?? 0);
  if (declared > maxBytes) return undefined;
  if (declared > 0) return Buffer.from(await response.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
