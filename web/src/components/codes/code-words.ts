// What the state of an activation code is called.
import type { CodeStatus } from '@hallpass/shared/lists.ts';

import type { TextKey } from '@/i18n/texts.ts';

export const STATUS_TEXTS: Record<CodeStatus, TextKey> = {
  open: 'codes.statusOpen',
  redeemed: 'codes.statusRedeemed',
  revoked: 'codes.statusRevoked',
  expired: 'codes.statusExpired',
};
