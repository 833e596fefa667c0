// The files of the question being written.
import { ref } from 'vue';

import { AttachmentError, ATTACHMENTS_MAX, readAttachment } from '@/chat/read-attachment.ts';
import type { Attachment } from '@/chat/turn.ts';
import { t } from '@/i18n/texts.ts';

/** @param sees whether the model takes pictures now. */
export function useAttachments(sees: () => boolean) {
  const files = ref<Attachment[]>([]);
  /** Why the last one was not taken; '' when it was. */
  const refusal = ref('');

  async function add(chosen: File[]): Promise<void> {
    refusal.value = '';
    for (const file of chosen) {
      if (files.value.length >= ATTACHMENTS_MAX) {
        refusal.value = t('attach.tooMany', { count: ATTACHMENTS_MAX });
        return;
      }
      await addOne(file);
    }
  }

  async function addOne(file: File): Promise<void> {
    try {
      const attachment = await readAttachment(file);
      if (attachment.kind === 'image' && !sees()) throw new AttachmentError('attach.noVision');
      files.value.push(attachment);
    } catch (error) {
      if (!(error instanceof AttachmentError)) throw error;
      refusal.value = t(error.key);
    }
  }

  function remove(index: number): void {
    files.value.splice(index, 1);
    refusal.value = '';
  }

  /** Hands them over and is empty again. */
  function take(): Attachment[] {
    const taken = files.value;
    files.value = [];
    refusal.value = '';
    return taken;
  }

  return { files, refusal, add, remove, take };
}
