// Chat completions on both sides: bodies and events go through as they are, but for names, usage and repairs.
import type { TokenUsage } from '../../../ledger/ledger.ts';
import type { AnswerContext, Bridge, StreamReader, StreamReading } from '../protocol.ts';
import { oneLine } from '../sse.ts';
import { readAnswer } from './answer.ts';
import { ChunkReader } from './chunk.ts';
import { rememberSigned, signatureBytes, withSignatures } from './google-signatures.ts';

export const chatPass: Bridge = {
  translates: false,
  path: () => '/chat/completions',
  /** Its model name, usage asked for, the output bounded where money is. */
  body({ fields, stream }, draft) {
    const { upstreamModel, outputTokens, maxTokensField } = draft;
    const signed = withSignatures(fields.messages, draft);
    const body: Record<string, unknown> = { ...fields, ...signed, model: upstreamModel };
    if (stream) body.stream_options = { ...(fields.stream_options as object | undefined), include_usage: true };
    if (outputTokens !== null) {
      delete body.max_tokens;
      delete body.max_completion_tokens;
      body[maxTokensField] = outputTokens;
    }
    return body;
  },
  carriedBytes: ({ fields }, memory, owner) => signatureBytes(fields, memory, owner),
  readWhole: (text, answer) =>
    readAnswer(text, publicModel(answer), answer.thinkTags, (calls) => rememberSigned(answer, calls)),
  reader: (answer) => new ChatPass(answer),
};

class ChatPass implements StreamReader {
  readonly framed = false;
  readonly #wantsUsage: boolean;
  readonly #chunks: ChunkReader;
  #usageRelay: string | undefined;

  constructor(answer: AnswerContext) {
    this.#wantsUsage = answer.request.wantsUsage;
    this.#chunks = new ChunkReader({
      publicModel: publicModel(answer),
      wantsUsage: this.#wantsUsage,
      thinkTags: answer.thinkTags,
      onCalls: (calls) => rememberSigned(answer, calls),
    });
  }

  read(data: string): StreamReading {
    const reading = this.#chunks.read(data);
    if (reading.kind === 'chunk' && reading.usageRelay !== undefined) this.#usageRelay = reading.usageRelay;
    return reading;
  }

  heartbeat(): string {
    return this.#chunks.heartbeat();
  }

  /** A client that asked for usage gets the upstream's own, else what was counted here. */
  ending(counted: TokenUsage | undefined): string[] {
    const usage = this.#usageRelay ?? (this.#wantsUsage && counted ? this.#chunks.usageChunk(counted) : undefined);
    return usage === undefined ? [DONE] : [`data: ${oneLine(usage)}\n\n`, DONE];
  }

  failure(body: unknown): string {
    return `data: ${JSON.stringify(body)}\n\n`;
  }
}

const DONE = 'data: [DONE]\n\n';

/** The name to show instead of the upstream's; undefined when they are the same. */
function publicModel({ model, upstreamModel }: AnswerContext): string | undefined {
  return model === upstreamModel ? undefined : model;
}
