// Reads server-sent events by the WHATWG rules: CR, LF, CRLF, multi-line data, no space after the colon, BOM,
// comments, unknown fields, events split anywhere over network chunks. Only `data` matters to us.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

/** Longest event accepted; an upstream that sends more is broken or hostile. */
export const MAX_EVENT_CHARS = 2 * 1024 * 1024;

/** Longest JSON outside of any event that is looked at. */
const MAX_STRAY_CHARS = 64 * 1024;

/** An upstream line or event grew beyond the bound. */
export class EventTooLarge extends Error {
  constructor() {
    super(`an event is longer than ${MAX_EVENT_CHARS} characters`);
    this.name = 'EventTooLarge';
  }
}

/** Feed it bytes; it gives back the data of every event that is complete. */
export class SseParser {
  readonly #decoder = new TextDecoder('utf-8');
  #rest = '';
  /** Undefined until the event has a data line. */
  #data: string | undefined;
  #afterCarriageReturn = false;
  /** Since a line that began like JSON. */
  #stray = '';

  /** @throws EventTooLarge */
  push(bytes: Uint8Array): string[] {
    return this.#parse(this.#decoder.decode(bytes, { stream: true }));
  }

  /** At the end of the stream: an event whose blank line never came still counts, as some upstreams omit it. */
  end(): string[] {
    const events = this.#parse(this.#decoder.decode());
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
    if (this.#data !== undefined) events.push(this.#data);
    this.#data = undefined;
    // Gemini, for one, ends a stream that it gives up with a bare error behind the last event.
    if (isError(this.#stray)) events.push(this.#stray);
    this.#stray = '';
    return events;
  }

  #parse(text: string): string[] {
    const events: string[] = [];
    let buffer = this.#rest + text;
    // A CR at the end of one chunk and an LF at the start of the next are one line end.
    if (this.#afterCarriageReturn && buffer.startsWith('\n')) buffer = buffer.slice(1);
    if (buffer !== '') this.#afterCarriageReturn = false;
    const hasCarriageReturns = buffer.includes('\r');
    let start = 0;
    for (;;) {
      const end = hasCarriageReturns ? nextLineEnd(buffer, start) : buffer.indexOf('\n', start);
      if (end < 0) break;
      if (end === start) this.#dispatch(events);
      else this.#line(buffer.slice(start, end));
      const isCarriageReturn = buffer.charCodeAt(end) === 13;
      this.#afterCarriageReturn = isCarriageReturn && end + 1 === buffer.length;
      start = isCarriageReturn && buffer.charCodeAt(end + 1) === 10 ? end + 2 : end + 1;
    }
    this.#rest = start === 0 ? buffer : buffer.slice(start);
    if (this.#rest.length + (this.#data?.length ?? 0) > MAX_EVENT_CHARS) throw new EventTooLarge();
    return events;
  }

  #line(line: string): void {
    if (!line.startsWith('data')) return this.#note(line);
    const value = line.startsWith('data:')
      ? line.slice(line.charCodeAt(5) === 32 ? 6 : 5)
      : line === 'data'
        ? ''
        : undefined;
    if (value === undefined) return;
    this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
  }

  #note(line: string): void {
    if (this.#stray === '' && !line.startsWith('{')) return;
    if (this.#stray.length + line.length <= MAX_STRAY_CHARS) this.#stray += `${line}\n`;
  }

  #dispatch(events: string[]): void {
    if (this.#data !== undefined) events.push(this.#data);
    this.#data = undefined;
  }
}

/** One server-sent event with its name. */
export function frame(name: string, data: string): string {
  return `event: ${name.replace(/[^\w.]/g, '')}\ndata: ${data}\n\n`;
}

function isError(text: string): boolean {
  try {
    const value = JSON.parse(text) as { error?: unknown } | null;
    return typeof value?.error === 'object' && value.error !== null;
  } catch {
    return false;
  }
}

function nextLineEnd(text: string, from: number): number {
  const lf = text.indexOf('\n', from);
  const cr = text.indexOf('\r', from);
  return cr < 0 || (lf >= 0 && lf < cr) ? lf : cr;
}
