// Request fields that OpenAI's formats (chat completions, Responses, text completions) have in common.
import { type Effort, type Prompt, unsupported } from './neutral.ts';

type Fields = Record<string, unknown>;

const NUMBERS = {
  temperature: 'temperature',
  top_p: 'topP',
  seed: 'seed',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
} as const;
const EFFORTS: readonly unknown[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** How the answer is drawn, where it ends and for whom: whatever of it the request has. @throws AppError unsupported_parameter. */
export function readCommonFields(fields: Fields, prompt: Prompt): void {
  for (const [name, key] of Object.entries(NUMBERS)) {
    const value = fields[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'number') throw unsupported(name, 'a number is expected');
    prompt[key] = value;
  }
  const stop = readStop(fields.stop);
  if (stop.length > 0) prompt.stop = stop;
  const user = fields.safety_identifier ?? fields.user;
  if (typeof user === 'string') prompt.user = user;
  if (typeof fields.prompt_cache_key === 'string') prompt.cacheKey = fields.prompt_cache_key;
  if (typeof fields.parallel_tool_calls === 'boolean') prompt.parallelTools = fields.parallel_tool_calls;
}

function readStop(value: unknown): string[] {
  const stop = (typeof value === 'string' ? [value] : value) ?? [];
  if (!Array.isArray(stop) || stop.some((one) => typeof one !== 'string'))
    throw unsupported('stop', 'a text or a list of texts is expected');
  return stop as string[];
}

/** @param name the field it came from. @throws AppError unsupported_parameter. */
export function readVerbosity(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (value !== 'low' && value !== 'medium' && value !== 'high') throw unsupported(name, 'an unknown value');
  return value;
}

/** @param name the field it came from. @throws AppError unsupported_parameter. */
export function readEffort(name: string, effort: unknown): Prompt['reasoning'] {
  if (effort === undefined || effort === null) return undefined;
  if (!EFFORTS.includes(effort)) throw unsupported(name, 'an unknown value');
  return { effort: effort as Effort };
}
