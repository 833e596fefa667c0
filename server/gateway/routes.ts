// The addresses a chat completion is called at.
import { defineRoute, type Route } from '../http/route.ts';
import { chat } from './chat.ts';

/** `/v1` is OpenAI's; the root serves base URLs without `/v1` (requirement 000); `/api/chat` is the chat page's (001). */
const PATHS = ['/v1/chat/completions', '/chat/completions', '/api/chat/completions'] as const;

export const chatRoutes: readonly Route[] = PATHS.map((path) =>
  defineRoute({
    method: 'post',
    path,
    guard: 'caller',
    tag: 'chat',
    summary: 'Chat completion, streamed or whole (OpenAI’s format)',
    raw: (http, ctx) => chat(http, ctx),
  }),
);
