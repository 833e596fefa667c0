// Gemini's own format for the translations: as upstreams speak it. No client does.
import type { UpstreamSide } from '../translation.ts';
import { GeminiEvents, readGeminiAnswer } from './read-answer.ts';
import { writeGeminiPrompt } from './write-prompt.ts';

export const geminiUpstream: UpstreamSide = {
  path: (model, stream) => {
    const name = model.includes('/') ? model : `models/${model}`;
    return `/${name.split('/').map(encodeURIComponent).join('/')}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`;
  },
  writePrompt: writeGeminiPrompt,
  signsReasoning: true,
  readAnswer: readGeminiAnswer,
  events: (context) => new GeminiEvents(context),
};
