// A response's own fields: what it repeats of the request, and how it ends.
import type { Finish } from '../neutral.ts';
import type { AnswerContext } from '../protocol.ts';
import { isLeftOut } from './tools.ts';

type Fields = Record<string, unknown>;

/** How a response ends; the rest of what it says of itself repeats the request. */
export function ended(finish: Finish): Fields {
  if (finish === 'length') return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
  if (finish === 'content_filter') return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
  return { status: 'completed' };
}

/** Why a response failed: published codes have one word for what befell the server; `reason` is this server's own. */
export function failed(body: unknown): Fields {
  const { error } = body as { error?: { code?: unknown; message?: unknown } };
  const reason = String(error?.code ?? 'server_error');
  return { status: 'failed', error: { code: 'server_error', message: String(error?.message ?? ''), reason } };
}

/** A response that is under way, with what `over` says of it. */
export function response({ request, id, created, model }: AnswerContext, over: Fields): Fields {
  const { fields } = request;
  const reasoning = (fields.reasoning ?? {}) as Fields;
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: created,
    status: 'in_progress',
    background: false,
    access_programs: null,
    error: null,
    incomplete_details: null,
    instructions: fields.instructions ?? null,
    max_output_tokens: fields.max_output_tokens ?? null,
    model,
    output: [],
    parallel_tool_calls: fields.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: reasoning.effort ?? null, summary: reasoning.summary ?? null },
    safety_identifier: fields.safety_identifier ?? null,
    service_tier: 'default',
    store: false,
    temperature: fields.temperature ?? 1,
    text: fields.text ?? { format: { type: 'text' } },
    tool_choice: fields.tool_choice ?? 'auto',
    tools: request.tools.filter((tool) => !isLeftOut(tool)),
    top_p: fields.top_p ?? 1,
    truncation: 'disabled',
    ...(typeof fields.user === 'string' ? { user: fields.user } : {}),
    metadata: fields.metadata ?? {},
    ...over,
  };
}
