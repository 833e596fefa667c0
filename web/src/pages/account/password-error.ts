import { t } from '@/i18n/texts.ts';

/** Requirement 001; shared/accounts.ts has the same number and the last word. */
const PASSWORD_MIN = 8;

/** What is wrong with a new password, in the reader's language. Characters are counted as people count them. */
export function passwordError(password: string): string | undefined {
  if (password === '') return t('account.needPassword');
  return [...password].length < PASSWORD_MIN ? t('account.needPassword8') : undefined;
}
