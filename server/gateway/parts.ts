// What the gateway keeps between calls. Constructed in context.ts only.
import type { UpstreamBoard } from '../channels/board.ts';
import type { Clock } from '../lib/clock.ts';
import type { CatalogChannel } from '../models/catalog.ts';
import { Estimator } from './estimator.ts';
import type { Hooks } from './hooks.ts';
import { demo } from './protocols/demo.ts';
import { sendJson } from './protocols/send-json.ts';
import type { SendUpstream } from './protocols/protocol.ts';
import { SignatureMemory } from './protocols/signature-memory.ts';
import { StreamWatch } from './stream-watch.ts';
import type { AbortReason } from './upstream-failure.ts';
import { UpstreamHealth } from './upstream-health.ts';

export interface GatewayParts {
  protocols: Record<CatalogChannel['protocol'], SendUpstream>;
  health: UpstreamHealth;
  watch: StreamWatch;
  signatures: SignatureMemory;
  estimator: Estimator;
  hooks: Hooks;
  /** Requests that are under way; a listener each on one shared signal would cost more with every stream. */
  running: Set<{ classroomId: string | null; abort(reason: AbortReason): void }>;
  /** Numbers in [0, 1) for weights and rotation. */
  random: () => number;
}

export interface GatewayOptions {
  clock: Clock;
  board: UpstreamBoard;
  hooks: Hooks;
  allowPrivateUpstreams: boolean;
  random: () => number;
}

export function createGateway({ clock, board, hooks, allowPrivateUpstreams, random }: GatewayOptions): GatewayParts {
  const overHttp = sendJson(allowPrivateUpstreams);
  return {
    protocols: {
      'openai-chat': overHttp,
      'openai-responses': overHttp,
      'anthropic-messages': overHttp,
      gemini: overHttp,
      demo: demo(),
    },
    signatures: new SignatureMemory(),
    health: new UpstreamHealth(board),
    watch: new StreamWatch(clock),
    estimator: new Estimator(),
    hooks,
    running: new Set(),
    random,
  };
}
