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

  /** Looks at each character once, however small the pieces: what waits for its line end is only added to. */
  #parse(text: string): string[] {
    const events: string[] = [];
    // A CR at the end of one chunk and an LF at the start of the next are one line end.
    let start = this.#afterCarriageReturn && text.startsWith('\n') ? 1 : 0;
    if (text !== '') this.#afterCarriageReturn = false;
    let lf = text.indexOf('\n', start);
    let cr = text.indexOf('\r', start);
    while (lf >= 0 || cr >= 0) {
      const isCarriageReturn = cr >= 0 && (lf < 0 || cr < lf);
      const end = isCarriageReturn ? cr : lf;
      this.#lineEnd(text, start, end, events);
      start = isCarriageReturn && lf === end + 1 ? end + 2 : end + 1;
      this.#afterCarriageReturn = isCarriageReturn && start === text.length && lf !== end + 1;
      if (lf >= 0 && lf < start) lf = text.indexOf('\n', start);
      if (isCarriageReturn) cr = text.indexOf('\r', start);
    }
    this.#rest += start === 0 ? text : text.slice(start);
    if (this.#rest.length + (this.#data?.length ?? 0) > MAX_EVENT_CHARS) throw new EventTooLarge();
    return events;
  }

  #lineEnd(text: string, start: number, end: number, events: string[]): void {
    const line = this.#rest + text.slice(start, end);
    this.#rest = '';
    if (line === '') this.#dispatch(events);
    else this.#line(line);
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
  return `event: ${name.replace(/[^\w.]/g, '')}\ndata: ${oneLine(data)}\n\n`;
}

/** JSON that came over several lines of data: a line break between its tokens would end the line, and the event with it. */
export function oneLine(data: string): string {
  return data.includes('\n') ? data.replaceAll('\n', ' ') : data;
}

function isError(text: string): boolean {
  try {
    const value = JSON.parse(text) as { error?: unknown } | null;
    return typeof value?.error === 'object' && value.error !== null;
  } catch {
    return false;
  }
}
