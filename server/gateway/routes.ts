// The addresses a chat completion is called at.
import { llmChatSchema } from '@hallpass/shared/llm-v1.ts';

import { llmChatBody } from '../agents/chat-body.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { chat } from './chat.ts';
import { countTokens } from './count-tokens.ts';
import { anthropicMessages } from './protocols/anthropic-messages/client.ts';
import { openaiCompletions } from './protocols/openai-completions/client.ts';
import { openaiEmbeddings } from './protocols/openai-embeddings/client.ts';
import {
  openaiImageEdits,
  openaiImages,
  openaiSpeech,
  openaiTranscriptions,
  rerank,
} from './protocols/media/formats.ts';
import { openaiResponses } from './protocols/openai-responses/client.ts';
import { readForm } from './read-form.ts';
import { readBody } from './request-body.ts';

/** `/v1` is OpenAI's; the root serves base URLs without `/v1` (requirement 000); `/api/chat` is the chat page's (001). */
const PATHS = ['/v1/chat/completions', '/chat/completions', '/api/chat/completions'] as const;

const completionRoutes: readonly Route[] = PATHS.map((path) =>
  defineRoute({
    method: 'post',
    path,
    guard: 'caller',
    tag: 'chat',
    summary: 'Chat completion, streamed or whole (OpenAI’s format)',
    raw: (http, ctx) => chat(http, ctx),
  }),
);

/** Requirement 003's address: OpenAI's body and answer, and beside them the agents. */
const llmChat = defineRoute({
  method: 'post',
  path: '/api/v1/llm/chat',
  guard: 'caller',
  tag: 'llm',
  summary: 'Chat by login token or pass, streamed or whole (OpenAI’s format), also with an agent',
  docs: {
    body: llmChatSchema,
    description:
      'The answer is OpenAI’s chat completion, or its stream when `stream` is true. `agent_id` (or `agent`, an id or a ' +
      'name) brings an agent’s model, system prompt and parameters; what the request says itself wins. Without `model` ' +
      'and agent the first chat model you may use answers. Keys and addresses of model services are never taken here.',
  },
  raw: (http, ctx) => chat(http, ctx, (request, principal) => llmChatBody(ctx, request, principal)),
});

/** Anthropic's Messages, with and without `/v1`. */
const messagesRoutes: readonly Route[] = (['/v1/messages', '/messages'] as const).map((path) =>
  defineRoute({
    method: 'post',
    path,
    guard: 'caller',
    tag: 'chat',
    family: 'messages',
    summary: 'Message, streamed or whole (Anthropic’s format)',
    raw: (http, ctx) => chat(http, ctx, readBody, anthropicMessages),
  }),
);

/** How many tokens a message's prompt would be. */
const countRoutes: readonly Route[] = (['/v1/messages/count_tokens', '/messages/count_tokens'] as const).map((path) =>
  defineRoute({
    method: 'post',
    path,
    guard: 'caller',
    tag: 'chat',
    family: 'messages',
    summary: 'Counts a message’s prompt (Anthropic’s format): by the upstream where it counts, else estimated; free',
    raw: (http, ctx) => countTokens(http, ctx),
  }),
);

/** The format before chat. */
const textRoutes: readonly Route[] = (['/v1/completions', '/completions'] as const).map((path) =>
  defineRoute({
    method: 'post',
    path,
    guard: 'caller',
    tag: 'chat',
    summary: 'Text completion of one prompt, streamed or whole (OpenAI’s old format), by chat models',
    raw: (http, ctx) => chat(http, ctx, readBody, openaiCompletions),
  }),
);

/** Vectors of texts. */
const embeddingRoutes: readonly Route[] = (['/v1/embeddings', '/embeddings'] as const).map((path) =>
  defineRoute({
    method: 'post',
    path,
    guard: 'caller',
    tag: 'chat',
    summary: 'Embeddings of texts or token ids (OpenAI’s format)',
    raw: (http, ctx) => chat(http, ctx, readBody, openaiEmbeddings),
  }),
);

/** OpenAI's newer format, which its agents and Codex speak. */
const responsesRoutes: readonly Route[] = (['/v1/responses', '/responses'] as const).map((path) =>
  defineRoute({
    method: 'post',
    path,
    guard: 'caller',
    tag: 'chat',
    summary: 'Response, streamed or whole (OpenAI’s Responses format); nothing of it is stored',
    raw: (http, ctx) => chat(http, ctx, readBody, openaiResponses),
  }),
);

/** Pictures, speech, transcripts and ranking, at a price a unit. */
const MEDIA = [
  ['/images/generations', openaiImages, readBody, 'Pictures from a text (OpenAI’s format); priced per picture'],
  [
    '/images/edits',
    openaiImageEdits,
    readForm,
    'Pictures changed by a text (OpenAI’s format, a form); priced per picture',
  ],
  ['/audio/speech', openaiSpeech, readBody, 'A text read aloud (OpenAI’s format); priced per million characters'],
  [
    '/audio/transcriptions',
    openaiTranscriptions,
    readForm,
    'Speech as text (OpenAI’s format, a form); priced per million seconds',
  ],
  [
    '/rerank',
    rerank,
    readBody,
    'Documents by how well they fit a query (Cohere’s and Jina’s format); priced per search',
  ],
] as const;

const mediaRoutes: readonly Route[] = MEDIA.flatMap(([path, format, read, summary]) =>
  [`/v1${path}`, path].map((at) =>
    defineRoute({
      method: 'post',
      path: at,
      guard: 'caller',
      tag: 'chat',
      summary,
      raw: (http, ctx) => chat(http, ctx, read, format),
    }),
  ),
);

export const chatRoutes: readonly Route[] = [
  ...mediaRoutes,
  ...completionRoutes,
  llmChat,
  ...messagesRoutes,
  ...countRoutes,
  ...responsesRoutes,
  ...textRoutes,
  ...embeddingRoutes,
];
