// Pictures in Gemini's words: as data, or by an address with its type.
import { type ImagePart, type Part, type Prompt, unsupported } from '../neutral.ts';

type Fields = Record<string, unknown>;

/** The types Gemini sees, by how an address ends: https://ai.google.dev/gemini-api/docs/image-understanding#supported-formats */
const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  heic: 'image/heic',
  heif: 'image/heif',
};

export function imagePart(image: ImagePart): Fields {
  return image.url === undefined
    ? inlineData(image)
    : { fileData: { fileUri: image.url, mimeType: typeOf(image.url) } };
}

export function inlineData({ mediaType, data }: ImagePart): Fields {
  return { inlineData: { mimeType: mediaType, data } };
}

/** Gemini wants the type beside the address, and a wrong one is an error. */
function typeOf(url: string): string {
  const ending = /\.([a-z]+)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? '';
  const type = Object.hasOwn(TYPES, ending) ? TYPES[ending] : undefined;
  if (!type)
    throw unsupported(
      'messages',
      `Gemini takes a picture by address only where it ends in ${Object.keys(TYPES).join(', ')}`,
    );
  return type;
}

/** The detail holds for all pictures of a request: `low` only where all ask for it. */
export function resolutionOf({ turns }: Prompt): Fields {
  const images = turns.flatMap(({ parts }) => parts.flatMap(imagesIn));
  const low = images.filter(({ detail }) => detail === 'low');
  if (low.length === 0) return {};
  if (low.length < images.length)
    throw unsupported('messages.content.image_url.detail', 'Gemini knows one detail for all pictures of a request');
  return { mediaResolution: 'MEDIA_RESOLUTION_LOW' };
}

function imagesIn(part: Part): ImagePart[] {
  if (part.type === 'image') return [part];
  return part.type === 'result' ? part.parts.flatMap(imagesIn) : [];
}
