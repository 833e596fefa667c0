// The contract of the wire formats: how a client's format and an upstream's meet. No HTTP framework, no ledger.
//
// A client format guards and measures what clients send. A bridge joins it to an upstream's format: where both are
// the same, bodies and events pass through with their bytes unchanged but for the model's name, usage and reasoning's
// second name; where they differ, both meet in the neutral form of neutral.ts.
import type { Locale } from '@hallpass/shared/errors.ts';

import type { TokenUsage } from '../../ledger/ledger.ts';
import type { CatalogChannel, CatalogKey, CatalogRoute } from '../../models/catalog.ts';
import type { PromptSize } from '../prompt-size.ts';
import type { ChatRequest } from '../request-body.ts';
import type { ThinkMode } from './openai-chat/think-tags.ts';
import type { SignatureMemory } from './signature-memory.ts';

export type UpstreamProtocol = CatalogChannel['protocol'];

/** What clients speak at one kind of address. */
export interface ClientFormat {
  readonly name:
    | 'openai-chat'
    | 'openai-responses'
    | 'anthropic-messages'
    | 'openai-completions'
    | 'openai-embeddings'
    | 'openai-images'
    | 'openai-image-edits'
    | 'openai-speech'
    | 'openai-transcriptions'
    | 'rerank';
  /** Priced by pictures, characters, seconds or searches: a published price per token says nothing of those. */
  readonly byUnit?: boolean;
  /** Request headers, in lower case, that travel to an upstream of the same format. */
  readonly headers: readonly string[];
  /** Checks only what the gateway itself reads. @throws AppError invalid_body, invalid_parameter. */
  check(body: unknown): ChatRequest;
  /** How large the prompt is. The dearest of the upstream models gives the rule for images. */
  measure(request: ChatRequest, upstreamModels: readonly string[]): PromptSize;
  /** Refuses by name what has no upper bound of cost. @throws AppError unsupported_parameter. */
  refuseUnbounded(request: ChatRequest): void;
  /** What of a request is offered to the model and cannot be had: said in a header, for it changes no answer's meaning. */
  leftOut?(request: ChatRequest, answered: { translated: boolean; capped: boolean }): string[];
  /** How this format joins an upstream's; undefined where it cannot at all. */
  bridge(upstream: UpstreamProtocol): Bridge | undefined;
}

/** What a bridge may know of the answer it carries. */
export interface AnswerContext {
  request: ChatRequest;
  /** The name the client knows the model by. */
  model: string;
  upstreamModel: string;
  thinkTags?: ThinkMode | undefined;
  /** An id for what the upstream gave none, unique to the call. */
  id: string;
  /** Epoch seconds. */
  created: number;
  memory: SignatureMemory;
  /** Whose memory it is: reasoning never crosses from one party to another. */
  owner: string;
}

export interface UpstreamDraft {
  upstreamModel: string;
  /** The output cap to send; null = the client's own, if any, goes untouched. */
  outputTokens: number | null;
  maxTokensField: string;
  memory: SignatureMemory;
  owner: string;
  /** Whether a budget bounds the call. */
  capped?: boolean;
}

/** Joins one client format to one upstream format. */
export interface Bridge {
  /** Whether the formats differ; bodies are then written anew and may be refused. */
  readonly translates: boolean;
  /** Below the channel's base URL. */
  path(upstreamModel: string, stream: boolean): string;
  /**
   * Refuses what this upstream's format has and must not be asked for. @param isPinned whether the earlier response
   * that the request names was given to this caller on this route. @throws AppError unsupported_parameter.
   */
  refuse?(request: ChatRequest, isPinned: boolean): void;
  /** The upstream's body. @throws AppError unsupported_parameter naming what the upstream's format cannot express. */
  body(request: ChatRequest, draft: UpstreamDraft): Record<string, unknown>;
  /** Bytes of remembered reasoning that `body` puts back in: a part of the prompt that the client did not send. */
  carriedBytes?(request: ChatRequest, memory: SignatureMemory, owner: string): number;
  /** The body is a form with files. */
  readonly form?: boolean;
  /** Reads a whole answer that need not be JSON; stands in the place of `readWhole`. */
  readBytes?(bytes: Uint8Array, contentType: string, answer: AnswerContext): WholeReading | undefined;
  /** Reads a whole answer; undefined when it is none. */
  readWhole(text: string, answer: AnswerContext): WholeReading | undefined;
  /** Reads a streamed answer, event by event. */
  reader(answer: AnswerContext): StreamReader;
}

export interface WholeReading {
  /** The body to send on, JSON text. */
  relay: string;
  usage: TokenUsage | undefined;
  /** What the model wrote, for counting where usage is missing. */
  text: string;
  /** The upstream's id that a later request of this caller may name. */
  issued?: string;
  /** Sent on instead of `relay`, which is then only what is kept of it. */
  bytes?: Uint8Array;
  contentType?: string;
  /** Units that were charged for, where they are not tokens. */
  images?: number;
  requests?: number;
  /** Why the model failed, in the upstream's words; nothing of it is relayed then. */
  failure?: string;
}

/** What one upstream event turned out to be. `relay` is what to send on; absent = nothing. */
export type StreamReading =
  | {
      kind: 'chunk';
      relay?: string;
      text: string;
      /** The answer has its finish reason. */
      finished: boolean;
      usage?: TokenUsage;
    }
  | { kind: 'done'; usage?: TokenUsage }
  | { kind: 'error'; error: unknown; usage?: TokenUsage }
  | { kind: 'malformed' };

/** Reads the events of one answer in order, and words what the client's format asks for around them. */
export interface StreamReader {
  /** `relay` and the heartbeat are whole server-sent events; otherwise the data of one without a name. */
  readonly framed: boolean;
  read(data: string): StreamReading;
  /** A valid event that says nothing, for clients and proxies that give up on silence. */
  heartbeat(): string;
  /** The events that end a good answer; they leave only after the call is settled. */
  ending(counted: TokenUsage | undefined): string[];
  /** The one event that ends a bad answer. @param body the error in the client's shape. */
  failure(body: unknown): string;
  /** The prompt's usage where an upstream told it before it broke off. */
  readonly promptUsage?: TokenUsage | undefined;
  /** The upstream's id that a later request of this caller may name; known when the answer is done. */
  readonly issued?: string | undefined;
}

export interface UpstreamRequest {
  route: CatalogRoute;
  /** null where the channel needs none. */
  key: CatalogKey | null;
  /** Below the channel's base URL, such as `/chat/completions`. */
  path: string;
  /** In the upstream's format, already bounded and with the upstream's model name. */
  body: Record<string, unknown>;
  stream: boolean;
  /** `body` goes out as a multipart form. */
  form?: boolean;
  /** What is asked for; JSON where absent. */
  accept?: string;
  /** The client's headers that travel; names in lower case. */
  headers: Readonly<Record<string, string>>;
  requestId: string;
  locale: Locale;
  /** Aborted when the client leaves or a time-out passes; the adapter must stop at once. */
  signal: AbortSignal;
}

/**
 * Sends one request upstream and resolves with the answer's head; the body is an answer in the upstream's format or
 * its stream. Contract: never retries, never follows a redirect, throws UpstreamUnreachable when no connection was made
 * (nothing can have been charged), UpstreamUnusable when the answer must not be read, and anything else when the request may have been received.
 */
export type SendUpstream = (request: UpstreamRequest) => Promise<Response>;

/** The upstream answered, but in a form that is not read, such as compressed; another try would not help. */
export class UpstreamUnusable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UpstreamUnusable';
  }
}

/** No connection was made: refused, no such host, TLS failed, address not allowed. */
export class UpstreamUnreachable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UpstreamUnreachable';
  }
}
