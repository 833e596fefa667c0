// Pictures and files that a caller names by address are fetched by the upstream, which may stand in this house: such an
// address may not lead back into it (DESIGN §5.5). Names that only a look-up could judge are the upstream's to judge.
import { AppError } from '../lib/app-error.ts';
import { bareHost, hostKind, isPrivateUrl } from '../lib/hosts.ts';
import type { ChatRequest } from './request-body.ts';

/** Parts of a message that may be named by address, in any of the formats. */
const MEDIA: ReadonlySet<unknown> = new Set([
  ...['image', 'image_url', 'input_image', 'video', 'video_url', 'input_video'],
  ...['audio_url', 'input_audio', 'document', 'file', 'file_url', 'input_file'],
]);
const ADDRESS = /(^|_)ur[il]$/;
const DEPTH_MAX = 8;

/** @throws AppError content_address_forbidden. */
export function refusePrivateAddresses({ fields }: Pick<ChatRequest, 'fields'>): void {
  inParts(fields.messages, 0);
  inParts(fields.input, 0);
  // Pictures to be edited stand beside the prompt.
  for (const picture of [fields.image, fields.images].flat())
    if (typeof picture === 'string') checkAddress(picture);
    else inMedia(picture, 0);
}

/** Only what stands where content does: a tool's arguments and a schema may hold any address. */
function inParts(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return;
  if (Array.isArray(value)) {
    for (const item of value) inParts(item, depth + 1);
    return;
  }
  const { type, content, output } = value as Record<string, unknown>;
  if (MEDIA.has(type)) return inMedia(value, depth);
  inParts(content, depth + 1);
  inParts(output, depth + 1);
}

function inMedia(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return;
  for (const [name, inner] of Object.entries(value))
    if (typeof inner === 'string') {
      if (ADDRESS.test(name)) checkAddress(inner);
    } else inMedia(inner, depth + 1);
}

function checkAddress(text: string): void {
  if (text.startsWith('data:')) return;
  const url = URL.parse(text);
  if (!url) return;
  // Parsers differ in what these mean, and the upstream's is not ours.
  const isOdd = /[\s\p{C}\\]/u.test(text) || url.username !== '' || url.password !== '';
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  const leadsIn = isWeb && (isOdd || hostKind(bareHost(url.hostname)) === 'forbidden' || isPrivateUrl(text));
  if (!leadsIn && url.protocol !== 'file:') return;
  throw new AppError('content_address_forbidden', {
    param: 'messages',
    params: { address: (url.host || 'file:').slice(0, 200) },
  });
}
