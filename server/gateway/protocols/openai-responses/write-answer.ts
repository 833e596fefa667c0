// A neutral answer as a whole response.
import type { NeutralAnswer } from '../neutral.ts';
import type { AnswerContext } from '../protocol.ts';
import { contentOf, Items } from './output-items.ts';
import { ended, response } from './response.ts';
import { responsesUsage } from './usage.ts';

type Fields = Record<string, unknown>;

export function writeResponse({ parts, finish, usage }: NeutralAnswer, context: AnswerContext): string {
  const items = new Items(context);
  const output: Fields[] = [];
  for (const part of parts) {
    const last = output.at(-1);
    if ((part.type === 'text' || part.type === 'refusal') && last?.type === 'message')
      (last.content as Fields[]).push(contentOf(part));
    else if (part.type === 'text' || part.type === 'refusal') output.push(items.message([contentOf(part)]));
    else if (part.type === 'reasoning') output.push(items.reasoning(part));
    else if (part.type === 'call') output.push(items.call(part, part.arguments));
  }
  return JSON.stringify(
    response(context, { ...ended(finish), output, ...(usage ? { usage: responsesUsage(usage) } : {}) }),
  );
}
