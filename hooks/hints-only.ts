// Example: every conversation begins with the same instruction, whatever client it comes from.
import type { PreCallHook } from '../server/gateway/hooks.ts';

const INSTRUCTION = { role: 'system', content: 'Give hints, one at a time. Never write the whole solution.' };

export const preCall: PreCallHook = ({ body }) => {
  if (Array.isArray(body.messages)) body.messages = [INSTRUCTION, ...body.messages];
};
