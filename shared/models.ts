// The contract of the model lists: OpenAI's at /v1/models, requirement 001's at /api/chat/models.
import { z } from 'zod';

export const modelSchema = z.object({
  id: z.string(),
  object: z.literal('model'),
  /** Epoch seconds. */
  created: z.number().int(),
  owned_by: z.string(),
  /** What people read. */
  name: z.string(),
});
export type Model = z.infer<typeof modelSchema>;

/** The same to a client of Anthropic's Messages. */
export const messagesModelSchema = z.object({
  type: z.literal('model'),
  id: z.string(),
  display_name: z.string(),
  /** RFC 3339. */
  created_at: z.string(),
  max_input_tokens: z.number().int().nullable(),
  max_tokens: z.number().int().nullable(),
  lifecycle: z.literal('active'),
  capabilities: z.null(),
  deprecated_at: z.null(),
  retires_at: z.null(),
  line: z.null(),
});
export type MessagesModel = z.infer<typeof messagesModelSchema>;

/** All of them at once: there is no next page. */
export const messagesModelListSchema = z.object({
  data: z.array(messagesModelSchema),
  has_more: z.literal(false),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
});

export const modelListSchema = z.object({ object: z.literal('list'), data: z.array(modelSchema) });

export const chatModelSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  capabilities: z.array(z.string()),
  context_window: z.number().nullable(),
  max_output_tokens: z.number().nullable(),
  /** Answers without a key or a network, while no channel exists. */
  demo: z.boolean(),
});
export type ChatModel = z.infer<typeof chatModelSchema>;

export const chatModelListSchema = z.array(chatModelSchema);
