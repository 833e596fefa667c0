// How hard to think, in the words of Anthropic's Messages and back.
import type { Effort, Prompt } from '../neutral.ts';
import { unsupported } from '../neutral.ts';
import { readEffort } from '../openai-fields.ts';

/** The smallest budget Messages accept. */
const MIN_BUDGET = 1_024;
/** Of the output cap: the answer needs the rest. */
const SHARES: Record<Exclude<Effort, 'none'>, number> = {
  minimal: 0.1,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.9,
  max: 0.95,
};

export interface Thinking {
  on: boolean;
  field?: Record<string, unknown>;
  /** For `output_config`. */
  config?: Record<string, unknown>;
}

/**
 * Models since 4.6 decide themselves how much to think and take an effort; older ones take a budget in tokens.
 * @throws AppError unsupported_parameter where the client's own output cap leaves no room for thinking.
 */
export function thinkingOf(
  { reasoning, maxTokens: asked }: Prompt,
  upstreamModel: string,
  maxTokens: number,
): Thinking {
  if (!reasoning) return { on: false };
  const { effort, budgetTokens } = reasoning;
  if (effort === 'none') return { on: false, field: { type: 'disabled' } };
  if (budgetTokens === undefined && isAdaptive(upstreamModel))
    return {
      on: true,
      field: { type: 'adaptive' },
      config: { effort: effort === 'minimal' ? 'low' : (effort ?? 'high') },
    };
  if (asked !== undefined && asked <= MIN_BUDGET)
    throw unsupported('reasoning_effort', `with at most ${asked} tokens of output this model cannot think`);
  // A budget that leaves no room for thinking leaves room for an answer.
  if (maxTokens <= MIN_BUDGET) return { on: false };
  const wanted = budgetTokens ?? Math.floor(maxTokens * SHARES[effort ?? 'medium']);
  return { on: true, field: { type: 'enabled', budget_tokens: Math.min(Math.max(wanted, MIN_BUDGET), maxTokens - 1) } };
}

/** `claude-opus-4-6`, `claude-sonnet-5`, whatever stands around them; not `claude-3-7-sonnet` or `claude-opus-4-20250514`. */
function isAdaptive(model: string): boolean {
  const version = /claude-[a-z]+-(\d+)(?:[-.](\d{1,2})(?!\d))?/.exec(model);
  if (!version) return false;
  const [major, minor] = [Number(version[1]), Number(version[2] ?? 0)];
  return major > 4 || (major === 4 && minor >= 6);
}

/** What `thinking` and `output_config.effort` ask for. @throws AppError unsupported_parameter. */
export function readThinking(thinking: unknown, config: unknown): Prompt['reasoning'] {
  const { type, budget_tokens: budget } = (thinking ?? {}) as Record<string, unknown>;
  const { effort } = readEffort('output_config.effort', (config as { effort?: unknown } | null)?.effort) ?? {};
  if (type === 'disabled') return { effort: 'none' };
  if (type === 'enabled' && typeof budget === 'number') return { ...(effort ? { effort } : {}), budgetTokens: budget };
  if (type === 'adaptive') return { effort: effort ?? 'high' };
  if (type !== undefined) throw unsupported('thinking', 'enabled with a budget, adaptive or disabled is expected');
  return effort ? { effort } : undefined;
}

/** The nearest word for a budget in tokens. */
export function effortOf({ effort, budgetTokens }: NonNullable<Prompt['reasoning']>): Effort {
  if (effort) return effort;
  if (budgetTokens === undefined) return 'medium';
  return budgetTokens < 4_096 ? 'low' : budgetTokens < 16_384 ? 'medium' : 'high';
}
