// The models a person on the chat page may choose (requirement 001).
import { sendJson } from './http.ts';

export interface ChatModel {
  id: string;
  name: string;
}

/** The built-in model that answers while no channel exists; see the server's protocols/demo.ts. */
export const DEMO_MODEL_ID = 'hallpass-demo';

/** @throws Problem. */
export function listModels(token: string | undefined): Promise<ChatModel[]> {
  return sendJson<ChatModel[]>('/api/chat/models', { token });
}
