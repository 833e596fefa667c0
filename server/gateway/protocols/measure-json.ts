// Measures the prompt of a request whose media are named by `type` anywhere in its JSON (Messages, Responses).
import { addText, type Counting, type PromptSize, sizeOf } from '../prompt-size.ts';
import type { ChatRequest } from '../request-body.ts';

const IMAGES = new Set(['image', 'input_image', 'image_url']);
/** Content whose tokens no published rule bounds. */
const UNKNOWN_MEDIA = new Set([
  'document',
  'input_file',
  'file',
  'video',
  'input_video',
  'container_upload',
  'input_audio',
  'item_reference',
  'search_result',
]);
/** Punctuation and framing around each value. */
const VALUE_BYTES = 6;
const MAX_DEPTH = 64;

/** @param notPrompt fields that no model reads. */
export function measureJson(
  request: ChatRequest,
  notPrompt: ReadonlySet<string>,
  upstreamModels: readonly string[],
): PromptSize {
  const size: Counting = { bytes: 0, chars: 0, images: 0, audioTokens: 0, unknownMedia: new Set() };
  for (const [name, value] of Object.entries(request.fields)) if (!notPrompt.has(name)) walk(size, value, 0);
  return sizeOf(size, request, upstreamModels);
}

function walk(size: Counting, value: unknown, depth: number): void {
  if (typeof value === 'string') addText(size, value);
  if (value === null || typeof value !== 'object') {
    size.bytes += VALUE_BYTES;
    return;
  }
  if (depth > MAX_DEPTH) return addText(size, JSON.stringify(value));
  if (Array.isArray(value)) {
    for (const item of value) walk(size, item, depth + 1);
    return;
  }
  const { type } = value as { type?: unknown };
  // A picture is sent with its source; a tool's schema may have properties of any name.
  if (
    typeof type === 'string' &&
    IMAGES.has(type) &&
    ('source' in value || 'image_url' in value || 'file_id' in value)
  ) {
    size.images += 1;
    return;
  }
  if (typeof type === 'string' && UNKNOWN_MEDIA.has(type)) size.unknownMedia.add(type);
  for (const [name, item] of Object.entries(value)) {
    addText(size, name);
    walk(size, item, depth + 1);
  }
}
