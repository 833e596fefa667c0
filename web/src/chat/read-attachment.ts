// Turns a chosen file into an attachment, or says why not. Pictures are drawn anew: small, and without place or camera.
import type { TextKey } from '@/i18n/texts.ts';

import type { Attachment } from './turn.ts';

export const ATTACHMENTS_MAX = 5;
/** Bytes of one text file; about 60 pages. */
export const TEXT_FILE_MAX = 200_000;
/** Bytes of a picture before it is made small. */
export const IMAGE_FILE_MAX = 25 * 1024 * 1024;
/** Models look at no more than this many pixels a side. */
const IMAGE_SIDE_MAX = 1_568;
const IMAGE_QUALITY = 0.85;
const NAME_MAX = 80;

/** What can be drawn without running anything; SVG can hold scripts and is not among them. */
const IMAGE_TYPES = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif', 'image/bmp']);

export class AttachmentError extends Error {
  constructor(readonly key: TextKey) {
    super(key);
  }
}

/** @throws AttachmentError. */
export async function readAttachment(file: File): Promise<Attachment> {
  const name = shownName(file.name);
  if (IMAGE_TYPES.has(file.type)) return { kind: 'image', name, url: await shrink(file) };
  if (file.type.startsWith('image/')) throw new AttachmentError('attach.noImage');
  return { kind: 'text', name, text: await readText(file) };
}

/** Without a path, and without signs that hide or turn around what stands there. */
export function shownName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const plain = last.replaceAll(/[\p{C}\u2028\u2029]/gu, '').trim();
  return [...(plain || 'file')].slice(0, NAME_MAX).join('');
}

async function readText(file: File): Promise<string> {
  if (file.size > TEXT_FILE_MAX) throw new AttachmentError('attach.textTooLarge');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    if (!text.includes('\0')) return text.replaceAll('\r\n', '\n');
  } catch {
    // Not UTF-8, so not text we can hand on unchanged; a file gone meanwhile ends here too.
  }
  throw new AttachmentError('attach.noText');
}

async function shrink(file: File): Promise<string> {
  if (file.size > IMAGE_FILE_MAX) throw new AttachmentError('attach.imageTooLarge');
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const scale = Math.min(1, IMAGE_SIDE_MAX / Math.max(image.naturalWidth, image.naturalHeight, 1));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
    const context = canvas.getContext('2d')!;
    // What is see-through would turn black in a JPEG.
    context.fillStyle = '#fff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/jpeg', IMAGE_QUALITY);
  } catch {
    throw new AttachmentError('attach.noImage');
  } finally {
    URL.revokeObjectURL(url);
  }
}
