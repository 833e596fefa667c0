// A call without arguments: some models write nothing where others write `{}`, and clients parse what they are given.
import type { Finish, NeutralEvent, Part } from './neutral.ts';

/** A call that the output cap cut off is not made whole. */
const isComplete = (finish: Finish) => finish !== 'length';

export function withArguments(parts: readonly Part[], finish: Finish): Part[] {
  if (!isComplete(finish)) return [...parts];
  return parts.map((part) =>
    part.type === 'call' && !part.custom && part.arguments.trim() === '' ? { ...part, arguments: '{}' } : part,
  );
}

/** The same for the events of one streamed answer, in order. */
export class StreamedArguments {
  /** Calls of which no argument has come, by their index. */
  readonly #empty = new Set<number>();

  complete(events: readonly NeutralEvent[]): readonly NeutralEvent[] {
    if (!events.some(({ type }) => type === 'call' || type === 'arguments' || type === 'finish')) return events;
    return events.flatMap((event) => {
      if (event.type === 'call' && !event.custom) this.#empty.add(event.index);
      else if (event.type === 'arguments' && event.text.trim() !== '') this.#empty.delete(event.index);
      else if (event.type === 'finish' && isComplete(event.finish)) return [...this.#rest(), event];
      return [event];
    });
  }

  #rest(): NeutralEvent[] {
    const rest = [...this.#empty].map((index): NeutralEvent => ({ type: 'arguments', index, text: '{}' }));
    this.#empty.clear();
    return rest;
  }
}
