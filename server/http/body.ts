// Reads a request body up to a bound and parses it as JSON.
import { AppError } from '../lib/app-error.ts';
import { isOpenPath } from './cors.ts';

/** @throws AppError body_too_large. */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new AppError('body_too_large', { params: { limit: formatBytes(maxBytes) } });
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > maxBytes) throw tooLarge();
  if (declared > 0) return new Uint8Array(await request.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** @throws AppError invalid_json, body_too_large, unsupported_media_type. */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  if (!isJson(request)) throw new AppError('unsupported_media_type');
  const bytes = await readBytes(request, maxBytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
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
  if (!type) return isOpenPath(new URL(request.url).pathname);
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type);
}

function formatBytes(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${bytes / 1024 / 1024} MiB` : `${Math.round(bytes / 1024)} KiB`;
}
