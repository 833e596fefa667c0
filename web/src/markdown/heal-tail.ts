// Makes the end of a growing text look finished: closes what is open, hides half a link. Only for the last block,
// only while more is coming; the complete text is never changed.

/** The tail as it shall be parsed for now. */
export function healTail(tail: string): string {
  if (isInsideFence(tail) || tail.startsWith('$$') || tail.startsWith('\\[')) return tail;
  const paragraph = tail.lastIndexOf('\n\n') + 1;
  return tail.slice(0, paragraph) + closeMarks(hideHalfLink(tail.slice(paragraph)));
}

function isInsideFence(text: string): boolean {
  let fence: string | undefined;
  for (const line of text.split('\n')) {
    const mark = /^\s{0,12}(?:[-*+>]\s+|\d+[.)]\s+)*(`{3,}|~{3,})/.exec(line)?.[1];
    if (!mark) continue;
    if (!fence) fence = mark;
    else if (mark[0] === fence[0] && mark.length >= fence.length) fence = undefined;
  }
  return fence !== undefined;
}

/** `[text](htt…` shows its text; `![alt](htt…` shows nothing yet. */
function hideHalfLink(text: string): string {
  return text.replace(/(!?)\[([^[\]\n]*)(?:\](?:\([^()\n]*)?)?$/, (whole, image: string, label: string) => {
    if (image) return '';
    // A bracket that is only a bracket, such as a task's box, stays.
    return whole.includes('](') ? label : whole;
  });
}

interface OpenMark {
  mark: string;
  /** Where the text after it begins. */
  end: number;
}

/** Closes what is open; a mark with nothing behind it yet is left out. */
function closeMarks(text: string): string {
  const open = openMarks(text);
  let length = text.length;
  for (let last = open.at(-1); last && last.end >= length; last = open.at(-1)) {
    length = last.end - last.mark.length;
    open.pop();
  }
  const rest = text.slice(0, length);
  // A closing mark after a space would close nothing.
  return open.length === 0
    ? rest
    : rest.trimEnd() +
        open
          .map(({ mark }) => mark)
          .toReversed()
          .join('');
}

/** Walks over the text once; code and escapes hide what is in them. */
function openMarks(text: string): OpenMark[] {
  const open: OpenMark[] = [];
  let at = 0;
  while (at < text.length) {
    const mark = markAt(text, at);
    const end = at + (mark?.length ?? (text[at] === '\\' ? 2 : 1));
    if (mark?.startsWith('`')) {
      const close = text.indexOf(mark, end);
      if (close < 0) return [...open, { mark, end }];
      at = close + mark.length;
      continue;
    }
    if (mark) toggle(open, { mark, end }, text[end]);
    at = end;
  }
  return open;
}

const MARK = /`+|\*\*|~~|\*/y;

function markAt(text: string, at: number): string | undefined {
  MARK.lastIndex = at;
  const mark = MARK.exec(text)?.[0];
  const isListMark =
    mark === '*' && text[at + 1] === ' ' && /(^|\n)[ \t>]*$/.test(text.slice(Math.max(0, at - 12), at));
  return isListMark ? undefined : mark;
}

/** The same mark again closes; a new one opens only before something other than a space. */
function toggle(open: OpenMark[], mark: OpenMark, next: string | undefined): void {
  const index = open.findLastIndex((other) => other.mark === mark.mark);
  if (index >= 0) open.splice(index);
  else if (next === undefined || !/\s/.test(next)) open.push(mark);
}
