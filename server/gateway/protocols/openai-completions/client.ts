// The old text completions, for clients that still speak them: one prompt becomes one user's message. Models that complete
// bare text are gone from most services, so what only they could do is refused by name.
import { AppError } from '../../../lib/app-error.ts';
import type { TokenUsage } from '../../../ledger/ledger.ts';
import { refuseUnbounded } from '../../hold-bound.ts';
import { measurePrompt } from '../../prompt-size.ts';
import { checkModelName, type ChatRequest, fieldsOf, wholeOrNone } from '../../request-body.ts';
import { messagesUpstream } from '../anthropic-messages/sides.ts';
import { geminiUpstream } from '../gemini/sides.ts';
import { anything, refuseUnknown, type Shape } from '../known-shape.ts';
import { type Finish, type NeutralAnswer, type NeutralEvent, type Prompt } from '../neutral.ts';
import { unsupported } from '../neutral.ts';
import { chatUpstream } from '../openai-chat/sides.ts';
import { chatUsage } from '../openai-chat/write-answer.ts';
import { readCommonFields } from '../openai-fields.ts';
import { responsesUpstream } from '../openai-responses/sides.ts';
import type { AnswerContext, Bridge, ClientFormat, UpstreamProtocol } from '../protocol.ts';
import { type AnswerWriter, type ClientSide, translation } from '../translation.ts';

type Fields = Record<string, unknown>;

const TARGET = 'text completions are answered by chat models here, which';
const KNOWN: Shape = {
  ...anything('model prompt stream max_tokens temperature top_p stop seed user presence_penalty frequency_penalty'),
  ...anything('n best_of echo logprobs suffix'),
  stream_options: anything('include_usage include_obfuscation'),
};

const completionsClient: ClientSide = {
  readPrompt,
  writeAnswer,
  writer: (context) => new CompletionWriter(context),
};
const toChat = translation(completionsClient, chatUpstream);
const BRIDGES: Partial<Record<UpstreamProtocol, Bridge>> = {
  'openai-chat': toChat,
  demo: toChat,
  'anthropic-messages': translation(completionsClient, messagesUpstream),
  'openai-responses': translation(completionsClient, responsesUpstream),
  gemini: translation(completionsClient, geminiUpstream),
};

export const openaiCompletions: ClientFormat = {
  name: 'openai-completions',
  headers: [],
  check,
  measure: measurePrompt,
  refuseUnbounded,
  bridge: (upstream) => BRIDGES[upstream],
};

/** @throws AppError invalid_body, invalid_parameter. */
function check(body: unknown): ChatRequest {
  const fields = fieldsOf(body);
  const model = checkModelName(fields.model);
  const prompts: unknown[] = Array.isArray(fields.prompt) ? fields.prompt : [fields.prompt];
  if (prompts.length !== 1 || typeof prompts[0] !== 'string' || prompts[0] === '')
    throw wrong('prompt', 'one text is expected');
  const { stream, stream_options: options } = fields;
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean')
    throw wrong('stream', 'true or false is expected');
  return {
    fields,
    model,
    messages: [{ role: 'user', content: prompts[0] }],
    tools: [],
    stream: stream === true,
    wantsUsage: (options as { include_usage?: unknown } | null | undefined)?.include_usage === true,
    maxTokens: wholeOrNone(fields, 'max_tokens', 1),
    answers: 1,
  };
}

/** @throws AppError unsupported_parameter naming what no chat model can do. */
function readPrompt({ fields, messages, maxTokens, stream }: ChatRequest): Prompt {
  refuseUnknown(fields, KNOWN, TARGET);
  for (const name of ['n', 'best_of'])
    if (fields[name] !== undefined && fields[name] !== null && fields[name] !== 1)
      throw unsupported(name, `${TARGET} give one answer only`);
  for (const name of ['echo', 'logprobs', 'suffix'])
    if (fields[name] !== undefined && fields[name] !== null && fields[name] !== false && fields[name] !== '')
      throw unsupported(name, `${TARGET} cannot express it`);
  const prompt: Prompt = {
    turns: [{ role: 'user', parts: [{ type: 'text', text: String(messages[0]!.content) }] }],
    tools: [],
    stream,
  };
  if (maxTokens !== undefined) prompt.maxTokens = maxTokens;
  readCommonFields(fields, prompt);
  return prompt;
}

const finishOf = (finish: Finish): string => (finish === 'tool_calls' ? 'stop' : finish);

function completion({ id, created, model }: AnswerContext, choices: Fields[], usage?: Fields | null): Fields {
  const head = { id: `cmpl-${id}`, object: 'text_completion', created, model, choices };
  return usage === undefined ? head : { ...head, usage };
}

/** What the model thought has no place in this format: it is charged and not shown. A refusal is a text like any other. */
function writeAnswer({ parts, finish, usage }: NeutralAnswer, context: AnswerContext): string {
  const text = parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('');
  const choice = { text, index: 0, logprobs: null, finish_reason: finishOf(finish) };
  return JSON.stringify(completion(context, [choice], usage && chatUsage(usage)));
}

const DONE = 'data: [DONE]\n\n';

class CompletionWriter implements AnswerWriter {
  constructor(readonly context: AnswerContext) {}

  write(event: NeutralEvent): string {
    if (event.type === 'text' || event.type === 'refusal') return this.#piece(event.text, null);
    return event.type === 'finish' ? this.#piece('', finishOf(event.finish)) : '';
  }

  heartbeat(): string {
    return this.#piece('', null);
  }

  ending(usage: TokenUsage | undefined): string[] {
    if (!this.context.request.wantsUsage || !usage) return [DONE];
    return [`data: ${JSON.stringify(completion(this.context, [], chatUsage(usage)))}\n\n`, DONE];
  }

  failure(body: unknown): string {
    return `data: ${JSON.stringify(body)}\n\n`;
  }

  #piece(text: string, finish: string | null): string {
    const choice = { text, index: 0, logprobs: null, finish_reason: finish };
    const usage = this.context.request.wantsUsage ? null : undefined;
    return `data: ${JSON.stringify(completion(this.context, [choice], usage))}\n\n`;
  }
}

function wrong(param: string, detail: string): AppError {
  return new AppError('invalid_parameter', { param, params: { param, detail } });
}
