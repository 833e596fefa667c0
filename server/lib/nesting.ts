// Tells JSON that nests too deep before anything parses it: writing such a value again would hold the event loop for
// seconds, whoever sent it.

/** Deeper than any schema of a tool; a text must be longer than this to nest deeper. */
export const MAX_NESTING = 512;

const QUOTE = 34;
const BACKSLASH = 92;

/** One pass over the brackets; strings, such as a picture's base64, are leapt over. */
export function nestsTooDeep(json: string): boolean {
  if (json.length <= MAX_NESTING) return false;
  let depth = 0;
  for (let i = 0; i < json.length; i += 1) {
    const char = json.charCodeAt(i);
    if (char === QUOTE) i = endOfString(json, i);
    else if (char === 91 || char === 123) {
      depth += 1;
      if (depth > MAX_NESTING) return true;
    } else if (char === 93 || char === 125) depth -= 1;
  }
  return false;
}

/** Where the string that begins at `start` ends; the end of the text when it does not. */
function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  while (end >= 0 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end < 0 ? json.length : end;
}

function isEscaped(json: string, at: number): boolean {
  let before = at - 1;
  while (json.charCodeAt(before) === BACKSLASH) before -= 1;
  return (at - before) % 2 === 0;
}
