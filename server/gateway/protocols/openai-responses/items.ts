// Output items of a response, as far as an upstream's answer is read.

export type Item = Record<string, unknown>;

export function parse(text: string): Item | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Item) : undefined;
  } catch {
    return undefined;
  }
}

/** A whole answer of this format that did not fail; undefined when the text is none. */
export function readResponse(text: string): (Item & { output: Item[] }) | undefined {
  const answer = parse(text);
  if (!answer || answer.object !== 'response' || !Array.isArray(answer.output)) return undefined;
  if (answer.status === 'failed' || answer.status === 'cancelled') return undefined;
  return answer as Item & { output: Item[] };
}

/** The parts of a list that are objects. */
export function listOf(value: unknown): Item[] {
  return Array.isArray(value) ? value.filter((one): one is Item => typeof one === 'object' && one !== null) : [];
}

/** What a reasoning item shows of itself: its own words where an upstream gives them, else its summary. */
export function thoughtOf({ content, summary }: Item): string {
  const shown = listOf(content);
  return (shown.length > 0 ? shown : listOf(summary)).map(({ text }) => String(text ?? '')).join('\n\n');
}

/** What a model was paid for writing, in one item. */
export function writtenIn(item: Item): string {
  if (item.type === 'reasoning') return thoughtOf(item);
  const content = listOf(item.content).map(({ text, refusal }) => String(text ?? refusal ?? ''));
  const own = [item.name, item.arguments, item.input].filter((part) => typeof part === 'string');
  return [...content, ...own].join('');
}
