// Reads a multipart form up to a bound, as one object: files whole, names that come more than once as lists.
import { AppError } from '../lib/app-error.ts';
import { readBytes } from '../http/body.ts';
import { MAX_BODY_BYTES } from './request-body.ts';
import { Upload } from './protocols/media/upload.ts';

/** Pictures of one edit and the fields beside them. */
export const FORM_ENTRIES_MAX = 64;

/** @throws AppError invalid_body, body_too_large, body_timeout. */
export async function readForm(request: Request): Promise<Record<string, unknown>> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^multipart\/form-data\s*;/i.test(type)) throw wrong('multipart/form-data is expected');
  const bytes = await readBytes(request, MAX_BODY_BYTES);
  const form = await new Response(bytes as BodyInit, { headers: { 'content-type': type } })
    .formData()
    .catch((cause: unknown) => {
      throw wrong('the form cannot be read', cause);
    });
  const entries = [...form.entries()] as [string, string | File][];
  if (entries.length > FORM_ENTRIES_MAX) throw wrong(`at most ${FORM_ENTRIES_MAX} entries are accepted`);
  const fields = new Map<string, unknown>();
  for (const [name, value] of entries) {
    const read = typeof value === 'string' ? value : new Upload(value.name, value.type, await bytesOf(value));
    const known = fields.get(name);
    fields.set(name, known === undefined ? read : [...(Array.isArray(known) ? (known as unknown[]) : [known]), read]);
  }
  return Object.fromEntries(fields);
}

const bytesOf = async (file: Blob): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await file.arrayBuffer());

function wrong(detail: string, cause?: unknown): AppError {
  return new AppError('invalid_body', { params: { detail }, ...(cause === undefined ? {} : { cause }) });
}
