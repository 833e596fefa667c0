// Pictures, speech, transcripts and ranking as clients ask for them, and the unit each is priced by.
import type { ClientFormat } from '../protocol.ts';
import { checkText, mediaFormat, type MediaAnswer, wrong } from './pass.ts';
import { Upload } from './upload.ts';

type Fields = Record<string, unknown>;

/** As many as OpenAI makes at once. */
export const IMAGES_MAX = 10;
export const PROMPT_CHARS_MAX = 32_000;
export const SPEECH_CHARS_MAX = 100_000;
export const DOCUMENTS_MAX = 1_000;
/** Documents in one search, as Cohere counts: https://cohere.com/pricing */
const DOCUMENTS_PER_SEARCH = 100;
/** The leanest speech in use (8 kbit/s) bounds how long a file can be; 64 kbit/s is the usual. */
const LEANEST_BYTES_PER_SECOND = 1_000;
const USUAL_BYTES_PER_SECOND = 8_000;
/** A day; a longer one is a mistake. */
const SECONDS_MAX = 86_400;

/** By form it comes as text. */
function imagesAsked({ n }: Fields): number {
  return n === undefined || n === null || n === '' ? 1 : Number(n);
}

function checkPictures(fields: Fields): void {
  checkText(fields, 'prompt', PROMPT_CHARS_MAX);
  const n = imagesAsked(fields);
  if (!Number.isInteger(n) || n < 1 || n > IMAGES_MAX)
    throw wrong('n', `a whole number from 1 to ${IMAGES_MAX} is expected`);
}

/** As many as came, never more than were asked for: those were held. */
function picturesIn({ json }: MediaAnswer, fields: Fields) {
  if (!Array.isArray(json?.data)) return undefined;
  return { units: { images: Math.min(json.data.length, imagesAsked(fields)) } };
}

const pictures = {
  said: ({ prompt }: Fields) => String(prompt),
  most: (fields: Fields) => ({ images: imagesAsked(fields) }),
  usual: (fields: Fields) => ({ units: { images: imagesAsked(fields) }, isTold: true }),
  read: picturesIn,
};

export const openaiImages: ClientFormat = mediaFormat({
  ...pictures,
  name: 'openai-images',
  path: '/images/generations',
  check: checkPictures,
});

export const openaiImageEdits: ClientFormat = mediaFormat({
  ...pictures,
  name: 'openai-image-edits',
  path: '/images/edits',
  form: true,
  check(fields) {
    checkPictures(fields);
    const files = [fields.image, fields['image[]']].flat();
    if (!files.some((file) => file instanceof Upload)) throw wrong('image', 'a file is expected');
  },
});

const charactersOf = ({ input }: Fields) => [...String(input)].length;

export const openaiSpeech: ClientFormat = mediaFormat({
  name: 'openai-speech',
  path: '/audio/speech',
  check(fields) {
    checkText(fields, 'input', SPEECH_CHARS_MAX);
    if (fields.stream_format === 'sse') throw wrong('stream_format', 'audio is expected');
  },
  said: ({ input }) => String(input),
  most: (fields) => ({ counted: charactersOf(fields) }),
  usual: (fields) => ({ units: { counted: charactersOf(fields) }, isTold: true }),
  read: ({ bytes, contentType }) => (bytes.byteLength > 0 && !/json/i.test(contentType) ? {} : undefined),
});

const bytesIn = ({ file }: Fields) => (file as Upload).bytes.byteLength;

export const openaiTranscriptions: ClientFormat = mediaFormat({
  name: 'openai-transcriptions',
  path: '/audio/transcriptions',
  form: true,
  check({ file }) {
    if (!(file instanceof Upload) || file.bytes.byteLength === 0) throw wrong('file', 'a file is expected');
  },
  said: ({ file, prompt }) => [`[${(file as Upload).name}]`, prompt].filter(Boolean).join(' '),
  most: (fields) => ({ counted: Math.ceil(bytesIn(fields) / LEANEST_BYTES_PER_SECOND), isAudio: true }),
  usual: (fields) => ({
    units: { counted: Math.ceil(bytesIn(fields) / USUAL_BYTES_PER_SECOND), isAudio: true },
    isTold: false,
  }),
  read({ bytes, json, contentType }) {
    if (!json) return /json/i.test(contentType) ? undefined : { text: new TextDecoder().decode(bytes) };
    if (typeof json.text !== 'string') return undefined;
    const { seconds } = (json.usage ?? {}) as Fields;
    const told = [seconds, json.duration].map(Number).find((count) => count > 0 && count <= SECONDS_MAX);
    return { text: json.text, ...(told === undefined ? {} : { units: { counted: Math.ceil(told), isAudio: true } }) };
  },
});

const searchesOf = ({ documents }: Fields) => Math.ceil((documents as unknown[]).length / DOCUMENTS_PER_SEARCH);

export const rerank: ClientFormat = mediaFormat({
  name: 'rerank',
  path: '/rerank',
  check(fields) {
    checkText(fields, 'query', PROMPT_CHARS_MAX);
    const { documents } = fields;
    if (!Array.isArray(documents) || documents.length === 0 || documents.length > DOCUMENTS_MAX)
      throw wrong('documents', `a list of 1 to ${DOCUMENTS_MAX} documents is expected`);
  },
  said: ({ query }) => String(query),
  most: (fields) => ({ requests: searchesOf(fields) }),
  usual: (fields) => ({ units: { requests: searchesOf(fields) }, isTold: true }),
  read: ({ json }) => (Array.isArray(json?.results) ? {} : undefined),
});
