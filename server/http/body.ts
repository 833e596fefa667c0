// Reads a request body up to a bound and parses it as JSON.
import { AppError } from '../lib/app-error.ts';
import { MAX_NESTING, nestsTooDeep } from '../lib/nesting.ts';
import { within } from '../lib/coarse-timer.ts';
import { isOpenPath } from './cors.ts';

/** Longest pause of a caller who is sending a body; a phone on a bad network makes shorter ones. */
const STALL_MS = 30_000;
/** A body that comes more slowly, once it was given `STALL_MS`, is dripped in to hold the connection. */
const SLOWEST_BYTES_PER_SECOND = 512;
/** Bodies up to this size are taken in one piece. */
const SMALL_BYTES = 64 * 1024;

/** @throws AppError unsupported_encoding, body_too_large, body_timeout when nothing comes for `stallMs`, or drop by drop. */
export async function readBytes(request: Request, maxBytes: number, stallMs = STALL_MS): Promise<Uint8Array> {
  refuseEncoded(request.headers.get('content-encoding'));
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  const watch = <T>(step: Promise<T>): Promise<T> => within(step, stallMs, () => new AppError('body_timeout'));
  if (declared > 0 && declared <= SMALL_BYTES) return new Uint8Array(await watch(request.arrayBuffer()));
  const reader = request.body?.getReader();
  if (!reader) return new Uint8Array();
  try {
    return await readChunks(() => watch(reader.read()), maxBytes, stallMs);
  } catch (error) {
    // What still comes is not wanted.
    void reader.cancel().catch(() => undefined);
    throw error;
  }
}

async function readChunks(
  read: () => Promise<{ done: boolean; value?: Uint8Array | undefined }>,
  maxBytes: number,
  stallMs: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const startedAt = performance.now();
  let size = 0;
  for (;;) {
    const { done, value } = await read();
    if (done || !value) return new Uint8Array(Buffer.concat(chunks));
    size += value.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    const slowestMs = stallMs + (size / SLOWEST_BYTES_PER_SECOND) * 1_000;
    if (performance.now() - startedAt > slowestMs) throw new AppError('body_timeout');
    chunks.push(value);
  }
}

/** Nothing is unpacked here, for a small body could be a bomb; nor read as what it is not. @throws AppError unsupported_encoding. */
function refuseEncoded(encoding: string | null): void {
  if (!encoding || /^identity$/i.test(encoding.trim())) return;
  throw new AppError('unsupported_encoding', { params: { encoding: encoding.slice(0, 40) } });
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('body_too_large', { params: { limit: formatBytes(maxBytes) } });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws AppError invalid_json, invalid_body, body_too_large, body_timeout, unsupported_media_type, unsupported_charset. */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  if (!isJson(request)) throw new AppError('unsupported_media_type');
  refuseOtherCharset(request.headers.get('content-type'));
  const bytes = await readBytes(request, maxBytes);
  const text = decode(bytes);
  if (nestsTooDeep(text))
    throw new AppError('invalid_body', { params: { detail: `more than ${MAX_NESTING} levels of nesting` } });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_json', { cause });
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new AppError('invalid_json', { cause });
  }
}

/**
 * A browser sends forms, plain text and bodies without a type to any server without asking first, so those are refused.
 * Only the model API, which asks for a credential in a header, takes a body without a type.
 */
function isJson(request: Request): boolean {
  const type = request.headers.get('content-type');
  if (type === 'application/json') return true;
  if (!type) return isOpenPath(new URL(request.url).pathname);
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type);
}

/** JSON travels as UTF-8 (RFC 8259 §8.1), of which ASCII is a part. @throws AppError unsupported_charset. */
function refuseOtherCharset(type: string | null): void {
  if (!type || type === 'application/json') return;
  for (const [, quoted, bare] of type.matchAll(/;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]*))/gi)) {
    const charset = quoted ?? bare ?? '';
    if (!/^(utf-?8|us-ascii)$/i.test(charset))
      throw new AppError('unsupported_charset', { params: { charset: charset.slice(0, 40) } });
  }
}

function formatBytes(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${bytes / 1024 / 1024} MiB` : `${Math.round(bytes / 1024)} KiB`;
}
