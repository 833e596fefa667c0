// Content as a list of chunks, in which Mistral's models answer when they think:
// https://docs.mistral.ai/capabilities/reasoning
type Fields = Record<string, unknown>;

/** The words of a message's or a delta's content, and what was thought beside them. */
export function splitContent(content: unknown): { text: string; thought: string } {
  if (typeof content === 'string') return { text: content, thought: '' };
  const chunks = Array.isArray(content) ? (content as (Fields | null)[]) : [];
  const of = (type: string, name: string) =>
    chunks.map((chunk) => (chunk?.type === type ? wordsOf(chunk[name]) : '')).join('');
  return { text: of('text', 'text'), thought: of('thinking', 'thinking') };
}

function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? (value as (Fields | null)[]).map((one) => wordsOf(one?.text)).join('') : '';
}
