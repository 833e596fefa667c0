// A whole response taken apart into the events an upstream of OpenAI's Responses would stream.

type Fields = Record<string, unknown>;

type Cut = (text: string) => string[];

const pieces = (text: string): string[] => text.match(/.{1,3}/gsu) ?? [];

/** The data of each event. @param cut how text is cut into deltas. */
export function responsesEvents(whole: Fields, cut: Cut = pieces): string[] {
  const { output, status, usage: _usage, incomplete_details: _why, ...head } = whole as { output: Fields[] } & Fields;
  const begun = { ...head, status: 'in_progress', output: [], usage: null, incomplete_details: null };
  const events: Fields[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
  ];
  for (const [output_index, item] of output.entries()) {
    const at = { item_id: item.id, output_index };
    events.push({ type: 'response.output_item.added', output_index, item: emptied(item) });
    events.push(...partsOf(item, cut).map((event) => ({ ...event, ...at })));
    events.push({ type: 'response.output_item.done', output_index, item });
  }
  events.push({ type: status === 'incomplete' ? 'response.incomplete' : 'response.completed', response: whole });
  return events.map((event, sequence_number) => JSON.stringify({ ...event, sequence_number }));
}

function emptied(item: Fields): Fields {
  if (item.type === 'message') return { ...item, status: 'in_progress', content: [] };
  if (item.type === 'reasoning') return { id: item.id, type: item.type, summary: [] };
  const written = item.type === 'custom_tool_call' ? { input: '' } : { arguments: '' };
  return { ...item, status: 'in_progress', ...written };
}

function partsOf(item: Fields, cut: Cut): Fields[] {
  if (item.type === 'message')
    return (item.content as Fields[]).flatMap((part, index) => contentEvents(part, index, cut));
  if (item.type === 'reasoning')
    return (item.summary as Fields[]).flatMap((part, index) => summaryEvents(part, index, cut));
  const isCustom = item.type === 'custom_tool_call';
  const name = isCustom ? 'response.custom_tool_call_input' : 'response.function_call_arguments';
  const text = String(isCustom ? item.input : item.arguments);
  const done = isCustom ? { input: text } : { arguments: text, name: item.name };
  return [...cut(text).map((delta) => ({ type: `${name}.delta`, delta })), { type: `${name}.done`, ...done }];
}

function contentEvents(part: Fields, content_index: number, cut: Cut): Fields[] {
  const isText = part.type === 'output_text';
  const name = isText ? 'response.output_text' : 'response.refusal';
  const text = String(isText ? part.text : part.refusal);
  const more = isText ? { logprobs: [] } : {};
  const empty = isText ? { ...part, text: '' } : { ...part, refusal: '' };
  return [
    { type: 'response.content_part.added', content_index, part: empty },
    ...cut(text).map((delta) => ({ type: `${name}.delta`, content_index, delta, ...more })),
    { type: `${name}.done`, content_index, ...(isText ? { text } : { refusal: text }), ...more },
    { type: 'response.content_part.done', content_index, part },
  ];
}

function summaryEvents(part: Fields, summary_index: number, cut: Cut): Fields[] {
  const name = 'response.reasoning_summary_text';
  const text = String(part.text);
  return [
    { type: 'response.reasoning_summary_part.added', summary_index, part: { ...part, text: '' } },
    ...cut(text).map((delta) => ({ type: `${name}.delta`, summary_index, delta })),
    { type: `${name}.done`, summary_index, text },
    { type: 'response.reasoning_summary_part.done', summary_index, part },
  ];
}
