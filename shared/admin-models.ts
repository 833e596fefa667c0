// The contract of /api/admin/models: every model with the routes that lead to it, in the order they are tried.
import { z } from 'zod';

import { modelNameSchema } from './channel-models.ts';
import { CAPABILITIES, MODEL_TYPES } from './lists.ts';

export const ROUTES_MAX = 200;
/** More could not be tried within a call's attempts. */
const FALLBACKS_MAX = 2;
const status = z.enum(['enabled', 'disabled']);

const route = z.object({
  id: z.string(),
  channel_id: z.string(),
  channel: z.string(),
  channel_enabled: z.boolean(),
  upstream_model: z.string(),
  /** Lower is tried first; equal ones share by weight. */
  priority: z.int(),
  weight: z.int(),
  status: z.string(),
});
export type ModelRoute = z.infer<typeof route>;

export const adminModel = z.object({
  id: z.string(),
  /** What clients ask for. */
  name: z.string(),
  display_name: z.string(),
  type: z.string(),
  status: z.string(),
  capabilities: z.array(z.string()),
  context_window: z.int().nullable(),
  max_output_tokens: z.int().nullable(),
  /** Models that answer in its place while none of its own routes does. */
  fallbacks: z.array(z.string()),
  routes: z.array(route),
});
export type AdminModel = z.infer<typeof adminModel>;
export const adminModelsReply = z.object({ data: z.array(adminModel) });

const limit = z.int().min(1).max(100_000_000).nullable();

/** What a change may name; absent fields stay. `routes` names all routes of the model or none is changed. */
export const adminModelUpdate = z
  .object({
    display_name: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .regex(/^\P{C}*$/u, 'must be printable'),
    type: z.enum(MODEL_TYPES),
    status,
    capabilities: z.array(z.enum(CAPABILITIES)).max(CAPABILITIES.length),
    context_window: limit,
    max_output_tokens: limit,
    fallbacks: z.array(modelNameSchema).max(FALLBACKS_MAX),
    routes: z
      .array(
        z.object({
          id: z.string().max(100),
          priority: z.int().min(0).max(1_000),
          weight: z.int().min(1).max(1_000),
          status,
        }),
      )
      .max(ROUTES_MAX),
  })
  .partial()
  .strict()
  .refine((body) => Object.keys(body).length > 0, 'names nothing to change');
export type AdminModelUpdate = z.infer<typeof adminModelUpdate>;
