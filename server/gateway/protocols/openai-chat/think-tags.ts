// Takes the reasoning out of an answer that carries it between <think> tags, however the tags are cut into chunks.
// Tags count where models write them: the opening one at the very start, a closing one without an opening one (a
// chat template may have written that into the prompt) at the start of a line. What an answer says about tags stays.

const OPEN = '<think>';
const CLOSE = '</think>';

/** `implied`: the reasoning begins at once, without an opening tag. */
export type ThinkMode = 'tags' | 'implied';

export interface ThinkPart {
  reasoning: string;
  content: string;
}

/** One answer's splitter; feed it the content in order. */
export class ThinkSplitter {
  #state: 'start' | 'opened' | 'thinking' | 'answer' | 'after' | 'done';
  /** Text that may turn out to be part of a tag. */
  #held = '';
  /** The last character handed on, to tell whether a line begins. */
  #last = '\n';

  constructor(mode: ThinkMode) {
    this.#state = mode === 'implied' ? 'thinking' : 'start';
  }

  push(text: string): ThinkPart {
    const part: ThinkPart = { reasoning: '', content: '' };
    let rest = this.#held + text;
    this.#held = '';
    while (rest !== '') rest = this.#step(rest, part);
    return part;
  }

  /** At the end of the answer: what was held back was no tag. */
  end(): ThinkPart {
    const text = this.#held;
    this.#held = '';
    return this.#state === 'thinking' ? { reasoning: text, content: '' } : { reasoning: '', content: text };
  }

  /** Reads on in the present state. @returns what is left for the next one. */
  #step(text: string, part: ThinkPart): string {
    if (this.#state === 'start') return this.#begin(text);
    if (this.#state === 'thinking') return this.#untilClosed(text, part);
    if (this.#state === 'opened') return this.#skipBlank(text, 'thinking');
    if (this.#state === 'after') return this.#skipBlank(text, 'done');
    if (this.#state === 'answer') return this.#untilLoneClose(text, part);
    part.content += text;
    return '';
  }

  #begin(text: string): string {
    const begun = text.trimStart();
    if (begun.startsWith(OPEN)) {
      this.#state = 'opened';
      return begun.slice(OPEN.length);
    }
    if (OPEN.startsWith(begun)) this.#held = text;
    else this.#state = 'answer';
    return this.#held === '' ? text : '';
  }

  #untilClosed(text: string, part: ThinkPart): string {
    const at = text.indexOf(CLOSE);
    if (at < 0) {
      const keep = tagTail(text);
      this.#held = text.slice(text.length - keep);
      part.reasoning += text.slice(0, text.length - keep);
      return '';
    }
    part.reasoning += text.slice(0, at);
    this.#state = 'after';
    return text.slice(at + CLOSE.length);
  }

  /** The blank lines after a tag belong to neither side. */
  #skipBlank(text: string, next: 'thinking' | 'done'): string {
    const begun = text.trimStart();
    if (begun !== '') this.#state = next;
    return begun;
  }

  #untilLoneClose(text: string, part: ThinkPart): string {
    const at = text.indexOf(CLOSE);
    if (at >= 0) {
      const before = text.slice(0, at);
      const isAtLineStart = (before.at(-1) ?? this.#last) === '\n';
      part.content += isAtLineStart ? before : before + CLOSE;
      this.#last = isAtLineStart ? '\n' : '>';
      if (isAtLineStart) this.#state = 'after';
      return text.slice(at + CLOSE.length);
    }
    const keep = tagTail(text);
    const shown = text.slice(0, text.length - keep);
    this.#held = text.slice(text.length - keep);
    this.#last = shown.at(-1) ?? this.#last;
    part.content += shown;
    return '';
  }
}

/** A whole answer at once: here what stands before a lone closing tag is reasoning too. */
export function splitWhole(text: string, mode: ThinkMode): ThinkPart {
  const close = /(^|\n)<\/think>/.exec(text);
  const isLone = close !== null && !text.trimStart().startsWith(OPEN);
  // Without any closing tag an implied start was a wrong guess, and the text is the answer.
  if (mode === 'implied' && !text.includes(CLOSE)) return { reasoning: '', content: text };
  const splitter = new ThinkSplitter(isLone ? 'implied' : mode);
  const part = splitter.push(text);
  const tail = splitter.end();
  return { reasoning: part.reasoning + tail.reasoning, content: part.content + tail.content };
}

/** How many characters at the end may be the beginning of a closing tag. */
function tagTail(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length -= 1)
    if (CLOSE.startsWith(text.slice(text.length - length))) return length;
  return 0;
}
