// The contract of /api/v1/llm/* (requirement 003): chat, models, usage, agents, and the content policy.
import { z } from 'zod';

import { line } from './fields.ts';
import { modelNameSchema } from './channel-models.ts';

export const AGENTS_MAX = 100;
/** Fields that name a key or an address; they are refused by name wherever an agent or a chat is described. */
export const FORBIDDEN_FIELDS = ['api_key', 'apiKey', 'base_url', 'baseUrl'] as const;

const longText = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !text.includes('\0'), 'may not hold NUL');

/** What a request may leave to its agent. */
export const agentParametersSchema = z
  .object({
    temperature: z.number().min(0).max(2).optional(),
    top_p: z.number().min(0).max(1).optional(),
    max_tokens: z.number().int().min(1).max(100_000_000).optional(),
    presence_penalty: z.number().min(-2).max(2).optional(),
    frequency_penalty: z.number().min(-2).max(2).optional(),
    seed: z.number().int().optional(),
    stop: z.union([z.string().max(200), z.array(z.string().max(200)).max(4)]).optional(),
    reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high']).optional(),
  })
  .strict();
export type AgentParameters = z.infer<typeof agentParametersSchema>;

const agentFields = {
  name: line(100).min(1),
  description: line(1_000).nullable(),
  model: modelNameSchema,
  system_prompt: longText(32_000).nullable(),
  parameters: agentParametersSchema,
};

export const agentUpdateSchema = z.object(agentFields).partial().strict();
export const agentCreateSchema = agentUpdateSchema.required({ name: true, model: true });
export type AgentUpdate = z.infer<typeof agentUpdateSchema>;

export const agentSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  model: z.string(),
  system_prompt: z.string().nullable(),
  parameters: agentParametersSchema,
  /** Whether its owner may use its model now. */
  model_allowed: z.boolean(),
  created_at: z.string(),
  updated_at: z.string(),
});
export const agentListSchema = z.object({ data: z.array(agentSchema), total: z.number() });

/** For the API document: OpenAI's body with two fields of ours. */
export const llmChatSchema = z.looseObject({
  model: z.string().optional(),
  messages: z.array(z.looseObject({ role: z.string() })),
  stream: z.boolean().optional(),
  temperature: z.number().optional(),
  max_tokens: z.number().int().optional(),
  agent_id: z.string().optional(),
  agent: z.string().optional(),
});

export const llmModelChoiceSchema = z.object({
  id: z.string(),
  name: z.string(),
  model_id: z.string(),
  provider: z.string().nullable(),
  type: z.string(),
  description: z.string().nullable(),
  supports_vision: z.boolean(),
  max_tokens: z.number().nullable(),
  context_window: z.number().nullable(),
});
export const llmModelChoicesSchema = z.object({ object: z.literal('list'), data: z.array(llmModelChoiceSchema) });

const budgetSchema = z.object({
  /** Whose budget it is: `pass`, `seat`, `classroom`, `user`, `plan`, `system`. */
  scope: z.string(),
  name: z.string(),
  /** Dollars; null = no limit. */
  limit: z.number().nullable(),
  used: z.number(),
  held: z.number(),
  remaining: z.number().nullable(),
  resets_at: z.string().nullable(),
});
const rateSchema = z.object({
  scope: z.string(),
  rpm_limit: z.number().nullable(),
  tpm_limit: z.number().nullable(),
  max_parallel: z.number().nullable(),
});
const totals = {
  calls: z.number(),
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  total_tokens: z.number(),
  /** Dollars. */
  cost: z.number(),
};

export const llmUsageQuery = z.object({
  /** Days back, today included. */
  days: z
    .string()
    .regex(/^\d{1,2}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(31))
    .default(30),
  /** An administrator may ask about another user. */
  user_id: z.string().max(100).optional(),
});

export const llmUsageSchema = z.object({
  user_id: z.string().nullable(),
  days: z.number(),
  ...totals,
  models: z.array(z.object({ model: z.string(), ...totals })),
  budgets: z.array(budgetSchema),
  rates: z.array(rateSchema),
});

export const policySchema = z.object({
  content_policy: z.enum(['none', 'on_request', 'full']),
  retention_days: z.number(),
  /** A whole sentence for the person who is about to write. */
  message: z.string(),
});

/** What an administrator sets for a user or a plan; null = no limit of its own. */
export const quotaUpdateSchema = z
  .object({
    /** Dollars. */
    budget: z.number().min(0).max(9_000_000).nullable(),
    /** `1d`, `1w`, `1mo` …; null = it never resets. */
    budget_period: z.string().max(20).nullable(),
    rpm_limit: z.number().int().min(0).max(2_147_483_647).nullable(),
    tpm_limit: z.number().int().min(0).max(2_147_483_647).nullable(),
    max_parallel: z.number().int().min(0).max(2_147_483_647).nullable(),
    content_policy: z.enum(['none', 'on_request', 'full']).nullable(),
  })
  .partial()
  .strict();
export type QuotaUpdate = z.infer<typeof quotaUpdateSchema>;

export const quotaSchema = z.object({
  id: z.string(),
  name: z.string(),
  budget: z.number().nullable(),
  budget_period: z.string().nullable(),
  rpm_limit: z.number().nullable(),
  tpm_limit: z.number().nullable(),
  max_parallel: z.number().nullable(),
  content_policy: z.string().nullable(),
});
