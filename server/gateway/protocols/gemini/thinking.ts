// How hard to think, in Gemini's words: a level since Gemini 3, a budget in tokens on Gemini 2.5.
// https://ai.google.dev/gemini-api/docs/thinking
import { type Effort, type Prompt, unsupported } from '../neutral.ts';
import { neverThinks, thinksByBudget } from './models.ts';

type Level = 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH';

/** Of the output cap, which holds the thoughts too: the answer needs the rest. Those of Anthropic's Messages. */
const SHARES: Record<Exclude<Effort, 'none'>, number> = {
  minimal: 0.1,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.9,
  max: 0.95,
};
/** What Gemini 2.5 thinks by effort where nothing caps it: https://ai.google.dev/gemini-api/docs/openai#thinking */
const BUDGETS: Record<Exclude<Effort, 'none'>, number> = {
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
};
const LEVELS: Record<Effort, Level> = {
  none: 'MINIMAL',
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
};

/**
 * Gemini's `thinkingConfig`; undefined where the client asks for nothing. Never both a level and a budget: that is refused.
 * @param maxTokens the output cap, where there is one.
 * @throws AppError unsupported_parameter on models that do not think.
 */
export function thinkingOf(
  { reasoning }: Prompt,
  model: string,
  maxTokens: number | undefined,
): Record<string, unknown> | undefined {
  if (!reasoning) return undefined;
  const { effort, budgetTokens } = reasoning;
  if (neverThinks(model)) {
    if (effort === 'none') return undefined;
    throw unsupported('reasoning_effort', 'this model does not think');
  }
  const shown = effort === 'none' ? {} : { includeThoughts: true };
  if (effort !== 'none' && budgetTokens !== undefined)
    return { ...shown, thinkingBudget: withinRange(cappedBelow(budgetTokens, maxTokens), model) };
  if (!thinksByBudget(model)) return { ...shown, thinkingLevel: levelOf(effort ?? 'medium', model) };
  return { ...shown, thinkingBudget: budgetOf(effort ?? 'medium', model, maxTokens) };
}

function budgetOf(effort: Effort, model: string, maxTokens: number | undefined): number {
  if (effort === 'none') return withinRange(0, model);
  const share = maxTokens === undefined ? Infinity : Math.floor(maxTokens * SHARES[effort]);
  return withinRange(Math.min(BUDGETS[effort], share), model);
}

function cappedBelow(budget: number, maxTokens: number | undefined): number {
  return maxTokens === undefined ? budget : Math.min(budget, Math.max(maxTokens - 1, 0));
}

/** 2.5 Pro cannot stop thinking; Flash-Lite thinks not at all or at least 512 tokens. */
function withinRange(budget: number, model: string): number {
  if (!thinksByBudget(model)) return budget;
  if (/2\.5-pro/i.test(model)) return Math.min(Math.max(budget, 128), 32_768);
  if (/2\.5-flash-lite/i.test(model)) return budget === 0 ? 0 : Math.min(Math.max(budget, 512), 24_576);
  return Math.min(budget, 24_576);
}

/** No model since Gemini 3 can stop thinking, and each refuses the levels it has not. */
function levelOf(effort: Effort, model: string): Level {
  const level = LEVELS[effort];
  if (level === 'MEDIUM' && /gemini-3-pro/i.test(model)) return 'HIGH';
  return level === 'MINIMAL' && !hasMinimal(model) ? 'LOW' : level;
}

/** Pro models, and Flash models since 3.7, know no level below low. */
function hasMinimal(model: string): boolean {
  if (/gemini-(flash|pro)-latest|-pro(-|$)/i.test(model)) return false;
  const version = /gemini-(\d+)(?:\.(\d+))?-flash(?!-lite)/i.exec(model);
  if (!version) return true;
  const [major, minor] = [Number(version[1]), Number(version[2] ?? 0)];
  return major < 3 || (major === 3 && minor < 7);
}
