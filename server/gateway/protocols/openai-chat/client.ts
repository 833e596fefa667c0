// Chat completions as clients speak them.
import { refuseUnbounded } from '../../hold-bound.ts';
import { measurePrompt } from '../../prompt-size.ts';
import { checkChatRequest } from '../../request-body.ts';
import type { Bridge, ClientFormat, UpstreamProtocol } from '../protocol.ts';
import { chatPass } from './pass.ts';

const BRIDGES: Partial<Record<UpstreamProtocol, Bridge>> = { 'openai-chat': chatPass, demo: chatPass };

export const openaiChat: ClientFormat = {
  name: 'openai-chat',
  headers: [],
  check: checkChatRequest,
  measure: measurePrompt,
  refuseUnbounded,
  bridge: (upstream) => BRIDGES[upstream],
};
