// Step 2: alias → model → routes and prices.
import { isCapped } from '../budgets/accounts.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { pricesUpTo } from '../models/pricing.ts';
import type { CatalogModel, CatalogRoute } from '../models/catalog.ts';
import type { Principal } from '../plans/levels.ts';
import { contentPolicyOf, effective, isModelAllowed } from '../plans/rules.ts';
import type { AskedCall, Call } from './call.ts';
import { dearestPrices } from './hold-bound.ts';
import type { Pin } from './issued-responses.ts';
import { estimateTokens, type PromptSize } from './prompt-size.ts';
import type { SignatureMemory } from './protocols/signature-memory.ts';
import { ownerOf } from './read-head.ts';
import { speakingRoutes } from './speaking-routes.ts';

/** Finds the model by the caller's own alias, the system's alias or its name. @throws AppError model_not_found */
export function findModel(ctx: AppContext, principal: Principal, asked: string): CatalogModel {
  const name = Object.hasOwn(principal.modelAliases, asked) ? principal.modelAliases[asked]! : asked;
  const model = ctx.catalog.current().find(name);
  if (!model) throw new AppError('model_not_found', { param: 'model', params: { model: asked } });
  return model;
}

/** Measures the request and fixes its routes and prices. @throws AppError model_unpriced, channel_unavailable. */
export function measure(asked: AskedCall, signatures: SignatureMemory): Call {
  const { principal, request } = asked;
  refuseOtherModels(asked);
  const capped = isCapped(principal.levels);
  const routes = speakingRoutes(asked, usableRoutes(byUnit(asked), principal, capped));
  const size = withEarlier(
    asked.pin,
    withCarried(
      asked.format.measure(
        request,
        routes.map(({ upstreamModel }) => upstreamModel),
      ),
      carriedBytes(asked, routes, signatures),
    ),
  );
  const prices = dearestPrices(
    routes.map((route) => pricesUpTo(route, size.boundTokens)).filter((price) => price !== null),
  );
  return { ...asked, routes, size, capped, prices, contentPolicy: contentPolicyOf(principal.levels) };
}

/** Remembered reasoning that a translation puts back is prompt that the client did not send. */
function carriedBytes(asked: AskedCall, routes: readonly CatalogRoute[], signatures: SignatureMemory): number {
  const owner = ownerOf(asked);
  const bytes = routes.map(({ channel }) =>
    asked.format.bridge(channel.protocol)?.carriedBytes?.(asked.request, signatures, owner),
  );
  return Math.max(0, ...bytes.map((count) => count ?? 0));
}

function withCarried(size: PromptSize, bytes: number): PromptSize {
  if (bytes === 0) return size;
  const { estimateTokens: estimate, boundTokens } = size;
  return { ...size, estimateTokens: estimate + estimateTokens(bytes, bytes), boundTokens: boundTokens + bytes };
}

/** What an earlier response carries is prompt too, in tokens as its upstream counted them. */
function withEarlier(pin: Pin | undefined, size: PromptSize): PromptSize {
  if (!pin) return size;
  return {
    ...size,
    estimateTokens: size.estimateTokens + pin.tokens,
    boundTokens: size.boundTokens + pin.tokens,
  };
}

/** OpenRouter's list of models to fall back on would lead past the models a caller may use. */
function refuseOtherModels({ principal, request }: AskedCall): void {
  const { models } = request.fields;
  if (models === undefined || models === null || effective(principal.levels, 'models') === null) return;
  const detail = 'the models of this pass are limited';
  throw new AppError('unsupported_parameter', { param: 'models', params: { param: 'models', detail } });
}

/** Published prices are per token: what is charged by the unit has only its administrator's, or none where it is at home. */
const UNIT_SOURCES = new Set(['own', 'private-address']);

function byUnit({ model, format }: AskedCall): CatalogModel {
  if (!format.byUnit) return model;
  const priced = (route: CatalogRoute): CatalogRoute =>
    route.prices && UNIT_SOURCES.has(route.prices.source) ? route : { ...route, prices: null, tiers: [] };
  const { routes, fallbackRoutes } = model;
  return {
    ...model,
    routes: routes.map(priced),
    ...(fallbackRoutes && { fallbackRoutes: fallbackRoutes.map(priced) }),
  };
}

/**
 * The model's own routes and those of its fallbacks that the caller may use. A budget cannot bound what has no price,
 * so a capped caller gets only priced routes.
 */
function usableRoutes(model: CatalogModel, { levels }: Principal, capped: boolean): readonly CatalogRoute[] {
  const params = { model: model.publicName };
  if (model.routes.length === 0) throw new AppError('channel_unavailable', { params, retryAfterMs: 10_000 });
  const fallbacks = (model.fallbackRoutes ?? []).filter(({ standIn }) => isModelAllowed(levels, standIn!.model));
  if (!capped) return fallbacks.length === 0 ? model.routes : [...model.routes, ...fallbacks];
  const priced = [...model.routes, ...fallbacks].filter((route) => route.prices !== null);
  if (!priced.some(({ standIn }) => standIn === undefined))
    throw new AppError('model_unpriced', { param: 'model', params });
  return priced;
}
