// Chat completions for the translations: as clients speak them, and as upstreams do.
import type { ClientSide, UpstreamSide } from '../translation.ts';
import { ChatEvents, readChatAnswer } from './read-answer.ts';
import { readChatPrompt } from './read-prompt.ts';
import { ChatWriter, writeChatAnswer } from './write-answer.ts';
import { writeChatPrompt } from './write-prompt.ts';

export const chatClient: ClientSide = {
  readPrompt: readChatPrompt,
  writeAnswer: writeChatAnswer,
  writer: (context) => new ChatWriter(context),
};

export const chatUpstream: UpstreamSide = {
  path: () => '/chat/completions',
  writePrompt: writeChatPrompt,
  /** Google's door does. */
  signsReasoning: true,
  takesCustomTools: true,
  readAnswer: readChatAnswer,
  events: (context) => new ChatEvents(context),
};
