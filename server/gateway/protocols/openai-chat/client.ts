// Chat completions as clients speak them.
import { refuseUnbounded } from '../../hold-bound.ts';
import { measurePrompt } from '../../prompt-size.ts';
import { checkChatRequest } from '../../request-body.ts';
import { messagesUpstream } from '../anthropic-messages/sides.ts';
import { geminiUpstream } from '../gemini/sides.ts';
import { responsesUpstream } from '../openai-responses/sides.ts';
import type { Bridge, ClientFormat, UpstreamProtocol } from '../protocol.ts';
import { translation } from '../translation.ts';
import { chatPass } from './pass.ts';
import { chatClient } from './sides.ts';

const BRIDGES: Partial<Record<UpstreamProtocol, Bridge>> = {
  'openai-chat': chatPass,
  demo: chatPass,
  'anthropic-messages': translation(chatClient, messagesUpstream),
  'openai-responses': translation(chatClient, responsesUpstream),
  gemini: translation(chatClient, geminiUpstream),
};

export const openaiChat: ClientFormat = {
  name: 'openai-chat',
  headers: [],
  check: checkChatRequest,
  measure: measurePrompt,
  refuseUnbounded,
  bridge: (upstream) => BRIDGES[upstream],
};
