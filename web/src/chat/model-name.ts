// What a model is called on the page.
import { DEMO_MODEL_ID } from '@/api/models.ts';
import { t } from '@/i18n/texts.ts';

/** The built-in demo is named in the reader's language, so that nobody takes it for a real model. */
export function modelName(model: { id: string; name: string }): string {
  return model.id === DEMO_MODEL_ID ? t('chat.demoName') : model.name;
}
