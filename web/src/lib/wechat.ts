// WeChat's own browser, by what it calls itself.
import { readStored } from '@/lib/stored.ts';

/** Session storage: the hint was closed. */
export const HINT_SEEN = 'hallpass.wechat-hint';

export function needsWeChatHint(userAgent = navigator.userAgent): boolean {
  return /\bMicroMessenger\//i.test(userAgent) && readStored('session', HINT_SEEN) === null;
}
