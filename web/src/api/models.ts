// The models a person on the chat page may choose (requirement 001).
import type { ChatModel } from '@hallpass/shared/models.ts';

import { sendJson } from './http.ts';

export type { ChatModel };

/** @throws Problem. */
export function listModels(token: string | undefined): Promise<ChatModel[]> {
  return sendJson<ChatModel[]>('/api/chat/models', { token });
}
