// Requirement 004's addresses: the call log, the default upstream key, and the templates that are kept for reading.
import { z } from 'zod';

import {
  type LlmCall,
  llmCallInput,
  llmCallListSchema,
  llmCallOneQuery,
  type LlmCallQuery,
  llmCallQuery,
  llmCallSchema,
  llmConfigSchema,
  llmConfigUpdate,
  llmTemplatesSchema,
} from '@hallpass/shared/llm-calls.ts';

import { recordAudit } from '../audit/audit.ts';
import { recordCall } from '../calls/record.ts';
import { type CallFilter, listLoggedCalls, type LoggedCall } from '../calls/store.ts';
import type { Author } from '../channels/save.ts';
import type { AppContext } from '../context.ts';
import { defineRoute, type Route, type RouteInput } from '../http/route.ts';
import { AppError } from '../lib/app-error.ts';
import { llmConfig, setLlmConfig } from './llm-config.ts';

const shared = { guard: 'admin', tag: 'llm-calls' } as const;
const params = z.object({ id: z.string().max(100) });

type Input = Pick<RouteInput<unknown, unknown, unknown>, 'ctx' | 'http' | 'user'>;
const changedBy = ({ user, http }: Input): Author => ({
  actor: user ? { id: user.id, name: user.name } : null,
  ip: http.get('ip'),
});

export const llmCallRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path: '/api/v1/llm/config',
    summary: 'The default upstream key, masked',
    response: llmConfigSchema,
    handler: ({ ctx }) => llmConfig(ctx),
  }),
  defineRoute({
    ...shared,
    method: 'put',
    path: '/api/v1/llm/config',
    summary:
      'Set the default upstream key; its channel is made with the models the upstream lists, where there is none',
    body: llmConfigUpdate,
    response: llmConfigSchema,
    handler: async (input) => {
      await setLlmConfig(input.ctx, { ...input.body, locale: input.locale }, changedBy(input));
      return llmConfig(input.ctx);
    },
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: '/api/v1/llm/calls',
    summary: 'The call log, newest first; reading what was said is written to the audit log',
    query: llmCallQuery,
    response: llmCallListSchema,
    handler: (input) => listCalls(input, input.query),
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: '/api/v1/llm/calls/:id',
    summary: 'One call; content under the policy on_request needs a reason',
    params,
    query: llmCallOneQuery,
    response: llmCallSchema,
    handler: async (input) => oneCall(input, input.params.id, input.query),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: '/api/v1/llm/calls',
    summary: 'Record a call that was made elsewhere; with an Idempotency-Key, once however often it is sent',
    body: llmCallInput,
    response: llmCallSchema,
    status: 201,
    maxBodyBytes: 8 * 1024 * 1024,
    handler: async (input) => {
      const { ctx, http, body } = input;
      const key = http.req.header('idempotency-key');
      const id = await recordCall(ctx, { input: body, by: changedBy(input), requestId: http.get('requestId'), key });
      return oneCall(input, id, { content: false });
    },
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: '/api/v1/llm/templates',
    summary: 'Prompt templates of earlier systems (llm_prompt_templates); deprecated, for reading only',
    response: llmTemplatesSchema,
    handler: async ({ ctx }) => {
      const rows = await ctx.db.selectFrom('llmPromptTemplates').selectAll().orderBy('id').limit(1_000).execute();
      return { data: rows.map(({ createdAt, ...row }) => ({ ...row, created_at: new Date(createdAt).toISOString() })) };
    },
  }),
];

interface Reading {
  content: boolean;
  reason?: string | undefined;
}

async function listCalls(input: Input, query: LlmCallQuery) {
  const filter: CallFilter = {
    channelId: query.config_id,
    templateId: query.template_id,
    classroomId: query.group_id,
    userId: query.user_id,
    activationCode: query.activation_code,
    model: query.model,
    kind: query.kind,
    succeeded: query.status === undefined ? undefined : query.status === 'success',
    from: query.start,
    until: query.end,
    after: query.cursor === undefined ? undefined : fromCursor(query.cursor),
  };
  const rows = await listLoggedCalls(input.ctx.db, filter, { skip: query.skip, limit: query.limit + 1 });
  const page = rows.slice(0, query.limit);
  const data = await shown(input, page, query);
  return { data, next_cursor: rows.length > query.limit ? toCursor(page.at(-1)!) : null };
}

async function oneCall(input: Input, id: string, reading: Reading): Promise<LlmCall> {
  const rows = await listLoggedCalls(input.ctx.db, { id }, { skip: 0, limit: 1 });
  const [call] = await shown(input, rows, reading);
  if (!call) throw new AppError('not_found');
  return call;
}

/** The rows as they are told. What was said is read only after the reading is in the audit log. */
async function shown(input: Input, rows: readonly LoggedCall[], { content, reason }: Reading): Promise<LlmCall[]> {
  const mayRead = ({ policy }: LoggedCall) =>
    content && (policy === 'full' || (policy !== null && reason !== undefined));
  const read = rows.filter(mayRead).map(({ id }) => id);
  if (read.length > 0) await auditReading(input.ctx, changedBy(input), read, reason);
  return rows.map((row) => view(row, mayRead(row)));
}

async function auditReading(ctx: AppContext, by: Author, ids: string[], reason: string | undefined): Promise<void> {
  const target = ids.length === 1 ? { target: { kind: 'call', id: ids[0]! } } : {};
  await recordAudit(ctx, { ...by, action: 'content.read', ...target, detail: { calls: ids, reason: reason ?? null } });
}

function view(row: LoggedCall, withContent: boolean): LlmCall {
  const said = withContent ? row : undefined;
  const isSuccess = row.status === 'success';
  return {
    id: row.id,
    config_id: row.channelId,
    template_id: row.templateId,
    group_id: row.classroomId,
    activation_code: row.activationCode,
    request_messages: said?.requestJson ? (JSON.parse(said.requestJson) as unknown[]) : [],
    request_params: said?.paramsJson ? (JSON.parse(said.paramsJson) as Record<string, unknown>) : null,
    response_content: said?.responseText ?? null,
    response_data: said?.responseJson ? JSON.parse(said.responseJson) : null,
    status: isSuccess ? 'success' : 'error',
    error_message: isSuccess ? null : (row.errorMessage ?? row.errorCode),
    tokens_used: row.promptTokens + row.completionTokens,
    prompt_tokens: row.promptTokens,
    completion_tokens: row.completionTokens,
    call_time: new Date(row.openedAt).toISOString(),
    duration_ms: row.settledAt === null ? null : row.settledAt - row.openedAt,
    status_detail: row.status,
    kind: row.kind,
    model: row.model,
    user_id: row.userId,
    pass_id: row.passId,
    content_policy: row.policy,
    content_withheld: row.policy !== null && !withContent,
    content_truncated: row.truncated === 1,
  };
}

function toCursor({ openedAt, id }: LoggedCall): string {
  return Buffer.from(`${openedAt}:${id}`).toString('base64url');
}

/** @throws AppError invalid_parameter. */
function fromCursor(cursor: string): NonNullable<CallFilter['after']> {
  const match = /^(\d{1,16}):([\w-]{1,100})$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (match) return { openedAt: Number(match[1]), id: match[2]! };
  const detail = 'is not a next_cursor of this list';
  throw new AppError('invalid_parameter', { param: 'cursor', params: { param: 'cursor', detail } });
}
