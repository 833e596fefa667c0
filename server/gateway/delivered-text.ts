// What a stream has delivered, for the case that nobody reports how many tokens it was. A text of a length that a tokenizer
// is asked about is kept; of a longer one only its size, so that a stream costs no memory that grows with its answer.
import { estimateTokens } from './prompt-size.ts';

/** Longer texts are counted by their length: a tokenizer's time grows with them. */
export const MAX_COUNTED_CHARS = 400_000;

export class DeliveredText {
  #text: string | undefined = '';
  #bytes = 0;
  #chars = 0;

  /** Of all that was added. */
  get bytes(): number {
    return this.#bytes;
  }

  /** All of it; undefined once it is too long to be kept. */
  get text(): string | undefined {
    return this.#text;
  }

  /** By length alone. */
  get roughTokens(): number {
    return estimateTokens(this.#bytes, this.#chars);
  }

  add(text: string): void {
    if (text === '') return;
    this.#bytes += Buffer.byteLength(text);
    this.#chars += text.length;
    if (this.#chars > MAX_COUNTED_CHARS) this.#text = undefined;
    else this.#text += text;
  }

  static of(text: string): DeliveredText {
    const delivered = new DeliveredText();
    delivered.add(text);
    return delivered;
  }
}
