// A prompt in the neutral form as a request of Gemini's generateContent. https://ai.google.dev/api/generate-content
import {
  describedSchema,
  plainText,
  refuseVerbosity,
  type Prompt,
  type Tool,
  type Turn,
  unsupported,
} from '../neutral.ts';
import type { UpstreamDraft } from '../protocol.ts';
import { contentsOf } from './contents.ts';
import { resolutionOf } from './images.ts';
import { neverThinks, thinksByBudget } from './models.ts';
import { withoutConst } from './schema.ts';
import { thinkingOf } from './thinking.ts';

type Fields = Record<string, unknown>;

const STOPS_MAX = 5;

/** @throws AppError unsupported_parameter naming what Gemini cannot express. */
export function writeGeminiPrompt(prompt: Prompt, draft: UpstreamDraft): Fields {
  refuse(prompt, draft.upstreamModel);
  const system = prompt.turns.filter(({ role }) => role === 'system');
  const contents = contentsOf(
    prompt.turns.filter(({ role }) => role !== 'system'),
    draft,
  );
  if (contents.length === 0) throw unsupported('messages', 'Gemini wants a message beside the system’s');
  const parts = system.flatMap(systemParts);
  return {
    ...(parts.length > 0 ? { systemInstruction: { parts } } : {}),
    contents,
    ...toolsOf(prompt),
    generationConfig: configOf(prompt, draft),
  };
}

function refuse({ turns, stop, tools, toolChoice, output, ...drawn }: Prompt, model: string): void {
  const { presencePenalty, frequencyPenalty, verbosity } = drawn;
  refuseVerbosity(verbosity, 'Gemini cannot express it');
  if (turns.at(-1)?.role === 'assistant')
    throw unsupported('messages', 'Gemini does not go on with an answer that was begun by the caller');
  if (stop && stop.length > STOPS_MAX) throw unsupported('stop', `Gemini knows at most ${STOPS_MAX} stop sequences`);
  if (presencePenalty && thinksByBudget(model)) throw unsupported('presence_penalty', 'Gemini 2.5 knows none');
  if (frequencyPenalty && thinksByBudget(model)) throw unsupported('frequency_penalty', 'Gemini 2.5 knows none');
  if (tools.length === 0) return;
  const isForced = toolChoice?.type === 'any' || toolChoice?.type === 'tool';
  if (output && isForced) throw unsupported('response_format', 'Gemini cannot force a tool and a format at once');
  if (output && (thinksByBudget(model) || neverThinks(model)))
    throw unsupported('response_format', 'Gemini before 3 takes tools or a format, not both');
}

function systemParts({ parts }: Turn): Fields[] {
  if (parts.some(({ type }) => type !== 'text'))
    throw unsupported('messages', 'a system message of Gemini holds text only');
  const text = plainText(parts);
  return text === '' ? [] : [{ text }];
}

function configOf(prompt: Prompt, { outputTokens, upstreamModel }: UpstreamDraft): Fields {
  const maxTokens = outputTokens ?? prompt.maxTokens;
  const { output } = prompt;
  const known: Fields = {
    maxOutputTokens: maxTokens,
    temperature: prompt.temperature,
    topP: prompt.topP,
    topK: prompt.topK,
    stopSequences: prompt.stop,
    seed: prompt.seed,
    presencePenalty: prompt.presencePenalty,
    frequencyPenalty: prompt.frequencyPenalty,
    responseMimeType: output && 'application/json',
    responseJsonSchema: output?.type === 'schema' ? withoutConst(describedSchema(output)) : undefined,
    thinkingConfig: thinkingOf(prompt, upstreamModel, maxTokens),
    ...resolutionOf(prompt),
  };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}

function toolsOf({ tools, toolChoice }: Prompt): Fields {
  if (tools.length === 0) return {};
  const mode = modeOf(tools, toolChoice);
  return {
    tools: [{ functionDeclarations: tools.map(declarationOf) }],
    ...(mode ? { toolConfig: { functionCallingConfig: mode } } : {}),
  };
}

/** `ANY` keeps to the tools' schemas by itself; `VALIDATED` does so where the model may also just speak. */
function modeOf(tools: readonly Tool[], choice: Prompt['toolChoice']): Fields | undefined {
  const isStrict = tools.some(({ strict }) => strict === true);
  if (choice?.type === 'none') return { mode: 'NONE' };
  if (choice?.type === 'any') return { mode: 'ANY' };
  if (choice?.type === 'tool') return { mode: 'ANY', allowedFunctionNames: [choice.name] };
  if (isStrict) return { mode: 'VALIDATED' };
  return choice ? { mode: 'AUTO' } : undefined;
}

function declarationOf({ name, description, parameters }: Tool): Fields {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parametersJsonSchema: parameters }),
  };
}
