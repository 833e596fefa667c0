// Which of a model's routes can carry a request: those of its own format, and those whose format can express it.
import type { CatalogRoute } from '../models/catalog.ts';
import { AppError } from '../lib/app-error.ts';
import type { AskedCall } from './call.ts';
import { unsupported } from './protocols/neutral.ts';
import { SignatureMemory } from './protocols/signature-memory.ts';

const NOTHING = new SignatureMemory(0, 0);

/** @throws AppError unsupported_parameter naming what none of the routes can express. */
export function speakingRoutes(asked: AskedCall, routes: readonly CatalogRoute[]): readonly CatalogRoute[] {
  const { format } = asked;
  if (routes.every(({ channel }) => format.bridge(channel.protocol)?.translates === false)) return routes;
  let refusal: AppError | undefined;
  const speaking = routes.filter((route) => {
    const found = refusalOf(asked, route);
    refusal ??= found;
    return found === undefined;
  });
  if (speaking.length > 0) return speaking;
  throw refusal ?? unsupported('model', 'no channel of it speaks this format');
}

function refusalOf({ format, request }: AskedCall, { channel, upstreamModel }: CatalogRoute): AppError | undefined {
  const bridge = format.bridge(channel.protocol);
  if (!bridge) return unsupported('model', `its channel cannot answer ${format.name} requests`);
  if (!bridge.translates) return undefined;
  try {
    const { maxTokensField } = channel.options;
    bridge.body(request, { upstreamModel, outputTokens: null, maxTokensField, memory: NOTHING, owner: '' });
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
