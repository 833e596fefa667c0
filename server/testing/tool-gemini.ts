// A pretend upstream of Gemini's own format that acts as `tool-upstreams.ts` does: it answers “hello” with hello, else
// calls the first tool it is offered, tells what a tool's result said, fails on “fail” and breaks its stream on “break”.
import { type GeminiScript, type GeminiUpstream, startGeminiUpstream } from './scripted-gemini.ts';

type Fields = Record<string, unknown>;

const USAGE = { promptTokenCount: 11, candidatesTokenCount: 5, totalTokenCount: 16 };
const PLAIN = { ...USAGE, cachedContentTokenCount: 0, thoughtsTokenCount: 0 };

/** @param input what the tool is called with. @param wanted the tool's name; else the first one offered is called. */
export function startToolGemini(input: Fields = { city: 'Bern' }, wanted?: string): GeminiUpstream {
  const upstream = startGeminiUpstream();
  upstream.decide = (body) => ({ usage: PLAIN, ...decide(body, input, wanted) });
  return upstream;
}

function decide({ contents, tools }: Fields, input: Fields, wanted?: string): GeminiScript {
  const { parts } = (contents as { parts: Fields[] }[]).at(-1)!;
  const text = parts.map((part) => (typeof part.text === 'string' ? part.text : '')).join('');
  if (text === 'fail') return { error: { code: 400, message: 'scripted failure', status: 'INVALID_ARGUMENT' } };
  if (text === 'break') return { parts: [{ text: 'Hello!' }], end: 'cut' };
  const result = parts.find(({ functionResponse }) => functionResponse)?.functionResponse as Fields | undefined;
  if (result) return { parts: [{ text: `The tool said: ${String((result.response as Fields).output)}` }] };
  const declared = (tools as { functionDeclarations: { name: string }[] }[] | undefined)?.[0]?.functionDeclarations;
  const offered = declared?.find(({ name }) => name === wanted) ?? declared?.[0];
  if (!offered || parts.at(-1)!.text === 'hello') return { parts: [{ text: 'Hello!' }] };
  return { parts: [{ functionCall: { name: offered.name, args: input }, thoughtSignature: 'sig+/=' }] };
}
