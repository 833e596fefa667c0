// Gemini cannot be told to make one call at a time, and agents always ask for it: what comes beside the first call is
// left out of the answer, as if the model had waited, and the model makes it again once the first has its result.
import type { ChatRequest } from '../../request-body.ts';

/** Whether the caller takes one call an answer, in the words of any client's format. */
export function takesOneCall({ fields }: ChatRequest): boolean {
  const { disable_parallel_tool_use: inMessages } = (fields.tool_choice ?? {}) as {
    disable_parallel_tool_use?: unknown;
  };
  return fields.parallel_tool_calls === false || inMessages === true;
}
