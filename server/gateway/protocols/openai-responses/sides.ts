// OpenAI's Responses for the translations: as clients speak them, and as upstreams do.
import type { ClientSide, UpstreamSide } from '../translation.ts';
import { PATH } from './pass.ts';
import { ResponsesEvents, readResponsesAnswer } from './read-answer.ts';
import { readResponsesPrompt } from './read-prompt.ts';
import { ResponsesWriter } from './stream-answer.ts';
import { writeResponse } from './write-answer.ts';
import { writeResponsesPrompt } from './write-prompt.ts';

export const responsesClient: ClientSide = {
  readPrompt: readResponsesPrompt,
  writeAnswer: writeResponse,
  writer: (context) => new ResponsesWriter(context),
  // Without what seals it, it would be an item without anything, to which some clients point in their next request.
  keepsHidden: ({ request: { fields } }) =>
    Array.isArray(fields.include) && fields.include.includes('reasoning.encrypted_content'),
};

export const responsesUpstream: UpstreamSide = {
  path: () => PATH,
  writePrompt: writeResponsesPrompt,
  signsReasoning: true,
  takesCustomTools: true,
  readAnswer: readResponsesAnswer,
  events: () => new ResponsesEvents(),
};
