// /api/v1/llm/models, usage and policy (requirement 003), for whoever calls; the chat itself is the gateway's.
import type { Context as HonoContext } from 'hono';

import type { Locale } from '@hallpass/shared/errors.ts';
import { llmModelChoicesSchema, llmUsageQuery, llmUsageSchema, policySchema } from '@hallpass/shared/llm-v1.ts';
import { roleAtLeast } from '@hallpass/shared/roles.ts';

import type { AppContext } from '../context.ts';
import { identifyCaller } from '../http/caller.ts';
import { bearerToken } from '../http/credentials.ts';
import { defineRoute, type HttpEnv, type Route } from '../http/route.ts';
import { AppError } from '../lib/app-error.ts';
import { identifyValid } from '../models/routes.ts';
import { visibleModels } from '../models/rules.ts';
import type { ContentPolicy } from '../plans/levels.ts';
import { contentPolicyOf } from '../plans/rules.ts';
import { wordOfType } from './llm-models-view.ts';
import { usageOf } from './llm-usage.ts';

const shared = { method: 'get', guard: 'caller', tag: 'llm' } as const;

const policyRoute = (path: string): Route =>
  defineRoute({
    ...shared,
    path,
    summary: 'Whether what you write is kept, and who may read it; to be shown before the first message',
    response: policySchema,
    handler: async ({ ctx, http, locale }) => {
      const policy = contentPolicyOf((await identifyCaller(http, ctx)).levels);
      const days = ctx.settings.current().contentRetentionDays;
      return { content_policy: policy, retention_days: days, message: POLICY_TEXTS[policy][locale](days) };
    },
  });

export const llmRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    path: '/api/v1/llm/models',
    summary: 'The models you may use, with what they can do',
    response: llmModelChoicesSchema,
    handler: async ({ ctx, http }) => {
      const models = visibleModels(ctx.catalog.current(), await identifyValid(http, ctx));
      const data = models.map(({ name, model }) => ({
        id: name,
        name: name === model.publicName ? model.displayName : name,
        model_id: name,
        provider: model.provider,
        type: wordOfType(model.type),
        description: model.description,
        supports_vision: model.capabilities.includes('vision'),
        max_tokens: model.maxOutputTokens,
        context_window: model.contextWindow,
      }));
      return { object: 'list' as const, data };
    },
  }),
  defineRoute({
    ...shared,
    path: '/api/v1/llm/usage',
    summary: 'What you have used, by model, what is left of each budget and when it starts anew',
    query: llmUsageQuery,
    response: llmUsageSchema,
    handler: async ({ ctx, http, query }) => {
      const principal = await identifyValid(http, ctx);
      if (query.user_id === undefined) return usageOf(ctx, principal, query.days);
      if (query.user_id !== principal.userId) await refuseOthers(http, ctx, principal.kind === 'adminKey');
      const known = await ctx.passes.forUser(query.user_id).catch(() => undefined);
      if (!known) throw new AppError('not_found', { param: 'user_id' });
      return usageOf(ctx, known, query.days);
    },
  }),
  ...['/api/v1/llm/policy', '/api/chat/policy'].map(policyRoute),
];

/** @throws AppError role_required unless an administrator asks. */
async function refuseOthers(http: HonoContext<HttpEnv>, ctx: AppContext, isAdminKey: boolean): Promise<void> {
  const token = bearerToken(http.req.raw.headers);
  const isLogin = token !== undefined && ctx.logins.looksLikeLogin(token);
  if (isAdminKey || (isLogin && roleAtLeast((await ctx.logins.verify(token)).role, 'admin'))) return;
  throw new AppError('role_required');
}

const POLICY_TEXTS: Record<ContentPolicy, Record<Locale, (days: number) => string>> = {
  none: {
    'zh-CN': () => '你写的内容和回答不会被保存，只记录用量。',
    'zh-TW': () => '你寫的內容和回答不會被保存，只記錄用量。',
    en: () => 'What you write and the answers are not kept; only the amount used is recorded.',
  },
  on_request: {
    'zh-CN': (days) => `你写的内容和回答会保存 ${days} 天；管理人员只有写明理由才能查看，每次查看都有记录。`,
    'zh-TW': (days) => `你寫的內容和回答會保存 ${days} 天；管理人員只有寫明理由才能查看，每次查看都有紀錄。`,
    en: (days) =>
      `What you write and the answers are kept for ${days} days. Staff can read them only with a stated reason, and each reading is recorded.`,
  },
  full: {
    'zh-CN': (days) => `你写的内容和回答会保存 ${days} 天，管理人员可以查看，每次查看都有记录。`,
    'zh-TW': (days) => `你寫的內容和回答會保存 ${days} 天，管理人員可以查看，每次查看都有紀錄。`,
    en: (days) =>
      `What you write and the answers are kept for ${days} days. Staff can read them, and each reading is recorded.`,
  },
};
