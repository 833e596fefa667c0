// Which of a model's routes can carry a request: those of its own format, and those whose format can express it.
import type { CatalogRoute } from '../models/catalog.ts';
import { AppError } from '../lib/app-error.ts';
import type { AskedCall } from './call.ts';
import type { Pin } from './issued-responses.ts';
import { unsupported } from './protocols/neutral.ts';
import type { Bridge } from './protocols/protocol.ts';
import { SignatureMemory } from './protocols/signature-memory.ts';

const NOTHING = new SignatureMemory(0, 0);

/** @throws AppError unsupported_parameter naming what none of the routes can express. */
export function speakingRoutes(asked: AskedCall, routes: readonly CatalogRoute[]): readonly CatalogRoute[] {
  const { format, pin } = asked;
  if (routes.every(({ channel }) => isPlain(format.bridge(channel.protocol)))) return routes;
  let refusal: AppError | undefined;
  const speaking = routes.filter((route) => {
    const found = refusalOf(asked, route);
    refusal ??= found;
    return found === undefined;
  });
  if (speaking.length > 0) return pin ? speaking.map((route) => withPinned(route, pin)) : speaking;
  throw refusal ?? unsupported('model', 'no channel of it speaks this format');
}

const isPlain = (bridge: Bridge | undefined) => bridge?.translates === false && !bridge.refuse;

/** Another key may be another customer's, who knows nothing of the earlier response. */
function withPinned(route: CatalogRoute, { channelKeyId }: Pin): CatalogRoute {
  const { channel } = route;
  return { ...route, channel: { ...channel, keys: channel.keys.filter(({ id }) => id === channelKeyId) } };
}

function isPinned(pin: Pin | undefined, { id, channel }: CatalogRoute): boolean {
  if (pin?.routeId !== id) return false;
  return pin.channelKeyId === null || channel.keys.some((key) => key.id === pin.channelKeyId);
}

function refusalOf({ format, request, pin }: AskedCall, route: CatalogRoute): AppError | undefined {
  const { channel, upstreamModel } = route;
  const bridge = format.bridge(channel.protocol);
  if (!bridge) return unsupported('model', `its channel cannot answer ${format.name} requests`);
  if (isPlain(bridge)) return undefined;
  try {
    bridge.refuse?.(request, isPinned(pin, route));
    if (!bridge.translates) return undefined;
    const { maxTokensField } = channel.options;
    bridge.body(request, { upstreamModel, outputTokens: null, maxTokensField, memory: NOTHING, owner: '' });
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
