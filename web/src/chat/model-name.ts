// What a model is called on the page.
import type { ChatModel } from '@/api/models.ts';
import { t } from '@/i18n/texts.ts';

/** The built-in demo is named in the reader's language, so that nobody takes it for a real model. */
export function modelName(model: ChatModel): string {
  return model.demo ? t('chat.demoName') : model.name;
}
