// Anthropic's Messages for the translations: as clients speak them, and as upstreams do.
import type { ClientSide, UpstreamSide } from '../translation.ts';
import { PATH } from './pass.ts';
import { MessagesEvents, readMessagesAnswer } from './read-answer.ts';
import { readMessagesPrompt } from './read-prompt.ts';
import { MessagesWriter, writeMessagesAnswer } from './write-answer.ts';
import { writeMessagesPrompt } from './write-prompt.ts';

export const messagesClient: ClientSide = {
  readPrompt: readMessagesPrompt,
  writeAnswer: writeMessagesAnswer,
  writer: (context) => new MessagesWriter(context),
};

export const messagesUpstream: UpstreamSide = {
  path: () => PATH,
  writePrompt: writeMessagesPrompt,
  signsReasoning: true,
  readAnswer: readMessagesAnswer,
  events: () => new MessagesEvents(),
};
