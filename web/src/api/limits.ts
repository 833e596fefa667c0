// What is left of the questions a minute.
import type { ChatLimits } from '@hallpass/shared/limits.ts';

import { sendJson } from './http.ts';

export type { ChatLimits };

/** Takes nothing. @throws Problem. */
export function readLimits(token: string | undefined): Promise<ChatLimits> {
  return sendJson<ChatLimits>('/api/chat/limits', { token });
}
