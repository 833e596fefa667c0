// The suite's features in the words of Gemini's own format, by the feature's name: what an upstream finds and what it
// answers.

import { sealReasoning } from '../openai-responses/sealed-reasoning.ts';

type Fields = Record<string, unknown>;

const PNG = 'iVBORw0KGgo=';
const ADDRESS = 'https://pictures.example/a.png';
const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const said = (...parts: unknown[]): Fields => ({ contents: [{ role: 'user', parts }] });
const config = (generationConfig: Fields): Fields => ({ generationConfig });
const declared = (mode?: Fields): Fields => ({
  tools: [{ functionDeclarations: [{ name: 'weather', description: 'The weather', parametersJsonSchema: SCHEMA }] }],
  ...(mode ? { toolConfig: { functionCallingConfig: mode } } : {}),
});
const history = (response: Fields, signature = 'skip_thought_signature_validator', more: Fields = {}): Fields => ({
  contents: [
    { role: 'user', parts: [{ text: 'hi' }] },
    {
      role: 'model',
      parts: [{ functionCall: { name: 'weather', args: { city: 'Bern' } }, thoughtSignature: signature }],
    },
    { role: 'user', parts: [{ functionResponse: { id: 'call_1', name: 'weather', response, ...more } }] },
  ],
});

/** A call’s signature as clients of chat completions and of Messages keep it. */
export const GEMINI_DETAIL = {
  type: 'reasoning.encrypted',
  data: 'sig+/=é',
  format: 'google-gemini-v1',
  id: 'call_1',
  index: 0,
};
/** The same in the call, as Google's own door for chat completions has it. */
export const GOOGLE_SIGNED = { extra_content: { google: { thought_signature: 'sig+/=é' } } };
export const GEMINI_SEAL = sealReasoning({
  type: 'reasoning',
  text: '',
  signature: 'sig+/=é',
  redacted: true,
  from: 'gemini',
  id: 'call_1',
});

/** What is not here cannot be found: it is refused, or the docs say why it is lost. */
export const GEMINI_FINDS: Record<string, Fields> = {
  Text: said({ text: 'hi' }),
  'System prompt': { systemInstruction: { parts: [{ text: 'Be brief.' }] }, ...said({ text: 'hi' }) },
  'Developer role': { systemInstruction: { parts: [{ text: 'Be brief.' }] }, ...said({ text: 'hi' }) },
  'Picture as data': said({ inlineData: { mimeType: 'image/png', data: PNG } }),
  'Picture by address': said({ fileData: { mimeType: 'image/png', fileUri: ADDRESS } }),
  'Picture, low detail': config({ mediaResolution: 'MEDIA_RESOLUTION_LOW' }),
  Tools: declared(),
  'Tool with a strict schema': declared({ mode: 'VALIDATED' }),
  'Forced tool': declared({ mode: 'ANY', allowedFunctionNames: ['weather'] }),
  'Some tool': declared({ mode: 'ANY' }),
  'No tool': declared({ mode: 'NONE' }),
  'Tool’s result': history({ output: 'sunny' }),
  'Tool’s result that failed': history({ error: 'no such city' }),
  'Picture as data in a tool’s result': history({ output: '' }, undefined, {
    parts: [{ inlineData: { mimeType: 'image/png', data: PNG } }],
  }),
  'Answer by a schema': config({ responseMimeType: 'application/json', responseJsonSchema: SCHEMA }),
  'Answer as any JSON': config({ responseMimeType: 'application/json' }),
  'How hard to think': config({ thinkingConfig: { includeThoughts: true, thinkingLevel: 'HIGH' } }),
  'Budget of thinking in tokens': config({ thinkingConfig: { includeThoughts: true, thinkingBudget: 1_500 } }),
  'Gemini’s signature of a call sent back': history({ output: 'sunny' }, 'sig+/=é'),
  'Google’s signature of a call sent back (`extra_content`)': history({ output: 'sunny' }, 'sig+/=é'),
  'Stop sequences': config({ stopSequences: ['END'] }),
  'Temperature and top-p': config({ temperature: 0.5, topP: 0.9 }),
  'Temperature above 1': config({ temperature: 1.5 }),
  'Top-k': config({ topK: 5 }),
  Seed: config({ seed: 7 }),
  Penalties: config({ presencePenalty: 0.5, frequencyPenalty: 0.5 }),
};

const answer = (parts: Fields[], more: Fields = {}): Fields => ({
  candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0, ...more }],
  usageMetadata: {
    promptTokenCount: 17,
    candidatesTokenCount: 6,
    totalTokenCount: 23,
    cachedContentTokenCount: 4,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: 17 }],
  },
  modelVersion: 'inside',
  responseId: 'r1',
});
const TEXT = { text: 'Hello there' };

export const GEMINI_GIVES: Record<string, Fields> = {
  Text: answer([TEXT]),
  'Parallel tool calls': answer([
    { functionCall: { id: 'c_1', name: 'weather', args: { city: 'Bāsel' } } },
    { functionCall: { id: 'c_2', name: 'clock', args: {} } },
  ]),
  Reasoning: answer([{ text: 'hm so', thought: true }, TEXT]),
  'Gemini’s signature of a call': answer([
    { functionCall: { id: 'c_1', name: 'weather', args: { city: 'Bāsel' } }, thoughtSignature: 'sig+/=é' },
  ]),
  'Google’s signature in a call (`extra_content`)': answer([
    { functionCall: { id: 'c_1', name: 'weather', args: { city: 'Bāsel' } }, thoughtSignature: 'sig+/=é' },
    { functionCall: { id: 'c_2', name: 'clock', args: {} } },
  ]),
  'Stopped at the output cap': answer([TEXT], { finishReason: 'MAX_TOKENS' }),
  'Refused or filtered': answer([TEXT], { finishReason: 'SAFETY' }),
  'Usage with cache reads': answer([TEXT]),
};

/** Pieces of three characters; a call comes whole, as Gemini sends it, and the reason why it ended in an event of its own. */
export function geminiEvents(whole: Fields): string[] {
  const { candidates, usageMetadata, ...head } = whole as { candidates: Fields[]; usageMetadata: Fields } & Fields;
  const { content, finishReason, ...rest } = candidates[0]!;
  const { promptTokenCount } = usageMetadata;
  const event = (parts: Fields[], more: Fields = {}, usage: Fields = { promptTokenCount }) =>
    JSON.stringify({
      candidates: [{ content: { role: 'model', parts }, ...rest, ...more }],
      usageMetadata: usage,
      ...head,
    });
  const pieces = (content as { parts: Fields[] }).parts.flatMap((part): Fields[] => {
    if (typeof part.text !== 'string' || part.text === '') return [part];
    const { text, thoughtSignature, ...others } = part;
    const texts = text.match(/.{1,3}/gsu)!.map((piece) => ({ text: piece, ...others }));
    return thoughtSignature === undefined ? texts : [...texts, { text: '', ...others, thoughtSignature }];
  });
  return [...pieces.map((part) => event([part])), event([{ text: '' }], { finishReason }, usageMetadata)];
}
