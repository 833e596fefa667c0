// How large a prompt is: a quick estimate (rates, orphans) and an upper bound (money). Pure.
import type { TokenUsage } from '../ledger/ledger.ts';
import type { ChatRequest } from './request-body.ts';

/** Roles, separators and ids around each message; OpenAI's cookbook counts 3 to 4. */
const MESSAGE_OVERHEAD = 16;
/** Names, types and the preamble around each tool. */
const TOOL_OVERHEAD = 64;
const PROMPT_OVERHEAD = 64;
/** What Claude is told of tools before the first one, 264 to 675 tokens by model: https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/overview#pricing */
const CLAUDE_TOOLS_PREAMBLE = 1_000;
/** Speech is counted at 10 tokens a second; the leanest audio in use (8 kbit/s) carries 1,000 bytes in one. */
const AUDIO_BYTES_PER_TOKEN = 100;

/** Most tokens one image costs, by family of models: https://platform.openai.com/docs/guides/images-vision#calculating-costs */
const IMAGE_TOKENS: [RegExp, number][] = [
  [/gpt-4o-mini/i, 48_169],
  [/gpt-4\.1-mini|gpt-5-mini/i, 2_489],
  [/gpt-4\.1-nano|gpt-5-nano/i, 3_779],
  [/o4-mini/i, 2_642],
  [/gpt-4o|gpt-4\.1|gpt-4\.5|gpt-5|chatgpt|\bo[13]\b/i, 1_445],
  [/claude/i, 1_600],
  [/gemini/i, 258 * 16],
];
/** For a family without a published rule: the dearest rule known. */
const IMAGE_TOKENS_UNKNOWN = 48_169;

export interface PromptSize {
  /** Close to what a tokenizer counts; may be too small. */
  estimateTokens: number;
  /** Never less than what any byte-based tokenizer counts. */
  boundTokens: number;
  images: number;
  audioTokens: number;
  /** Searches, each at the price of a request; 1 where absent. */
  requests?: number;
  /** What is charged where the upstream tells no usage and tokens are not what counts. */
  untold?: TokenUsage;
  /** Kinds of content without a rule, such as `file`; a capped pass is refused them. */
  unknownMedia: string[];
}

/** Fields that no model reads as a part of its prompt; what is unknown may be one (vLLM's `documents`). */
const NOT_PROMPT = new Set([
  'model',
  'messages',
  'stream_options',
  'stop',
  'user',
  'metadata',
  'logit_bias',
  'tool_choice',
  'modalities',
  'service_tier',
  'reasoning_effort',
  'safety_identifier',
  'prompt_cache_key',
]);

/** Measures what a request sends to the model. The dearest of the upstream models gives the rule for images. */
export function measurePrompt(request: ChatRequest, upstreamModels: readonly string[]): PromptSize {
  const size: Counting = { bytes: 0, chars: 0, images: 0, audioTokens: 0, unknownMedia: new Set() };
  for (const message of request.messages) {
    const { content, ...rest } = message;
    addText(size, Object.keys(rest).length > 1 ? JSON.stringify(rest) : message.role);
    if (typeof content === 'string') addText(size, content);
    else if (Array.isArray(content)) for (const part of content) addPart(size, part as Record<string, unknown>);
  }
  for (const [name, value] of Object.entries(request.fields)) {
    if (NOT_PROMPT.has(name) || !value) continue;
    if (typeof value === 'string') addText(size, value);
    else if (typeof value === 'object') addText(size, JSON.stringify(value));
  }
  return sizeOf(size, request, upstreamModels);
}

/** The size of what was counted, with the overhead of messages and tools and the rule for images. */
export function sizeOf(
  size: Counting,
  request: Pick<ChatRequest, 'messages' | 'tools'>,
  upstreamModels: readonly string[],
): PromptSize {
  const preamble = request.tools.length > 0 && upstreamModels.some(isClaude) ? CLAUDE_TOOLS_PREAMBLE : 0;
  const overhead =
    PROMPT_OVERHEAD + preamble + request.messages.length * MESSAGE_OVERHEAD + request.tools.length * TOOL_OVERHEAD;
  const imageTokens = size.images === 0 ? 0 : size.images * Math.max(...upstreamModels.map(imageTokensOf));
  return {
    estimateTokens:
      estimateTokens(size.bytes, size.chars) + request.messages.length * 4 + imageTokens + size.audioTokens,
    boundTokens: size.bytes + overhead + imageTokens,
    images: size.images,
    audioTokens: size.audioTokens,
    unknownMedia: [...size.unknownMedia],
  };
}

/** Latin text runs about 4 characters a token, Chinese about 1.25 tokens for 1.5 characters. */
export function estimateTokens(bytes: number, chars: number): number {
  const wide = Math.min(chars, Math.max(0, (bytes - chars) / 2));
  return Math.ceil((chars - wide) / 4 + wide * 0.85);
}

/** The same for a text at hand. */
export function estimateText(text: string): number {
  return estimateTokens(Buffer.byteLength(text), text.length);
}

export interface Counting {
  bytes: number;
  chars: number;
  images: number;
  audioTokens: number;
  unknownMedia: Set<string>;
}

export function addText(size: Counting, text: string): void {
  size.bytes += Buffer.byteLength(text);
  size.chars += text.length;
}

function addPart(size: Counting, part: Record<string, unknown>): void {
  const { type } = part;
  if (type === 'text' || type === 'refusal') return addText(size, String(part.text ?? part.refusal ?? ''));
  if (type === 'image_url') {
    size.images += 1;
    return;
  }
  if (type === 'input_audio') {
    const data = (part.input_audio as { data?: unknown } | undefined)?.data;
    size.audioTokens += Math.ceil((String(data ?? '').length * 3) / 4 / AUDIO_BYTES_PER_TOKEN);
    return;
  }
  size.unknownMedia.add(typeof type === 'string' ? type.slice(0, 40) : 'unknown');
}

const isClaude = (model: string) => /claude/i.test(model);

function imageTokensOf(model: string): number {
  return IMAGE_TOKENS.find(([family]) => family.test(model))?.[1] ?? IMAGE_TOKENS_UNKNOWN;
}
