// Who may let a blocked pass in again: what the administration blocked, a teacher does not. Pure.
import { AppError } from '../lib/app-error.ts';
import type { BlockedBy, PassSettings } from './pass-settings.ts';

/** The two columns that say whether a pass is switched off, never set one without the other. */
export type Block = Pick<PassSettings, 'status' | 'blockedBy'>;

/** A teacher's block on top of the administration's leaves that one standing. */
export function blockedBy(who: BlockedBy, before?: { blockedBy: string | null }): Block {
  const stays = before?.blockedBy === 'administration';
  return { status: 'blocked', blockedBy: stays ? 'administration' : who };
}

/** @throws AppError pass_blocked_by_administration, which names the pass. */
export function unblockedBy(who: BlockedBy, before: { blockedBy: string | null; name: string }): Block {
  if (who === 'teacher' && before.blockedBy === 'administration')
    throw new AppError('pass_blocked_by_administration', { param: 'passes', params: { name: before.name } });
  return UNBLOCKED;
}

/** As an administrator, or the admin key, sets it. */
export const UNBLOCKED: Block = { status: 'active', blockedBy: null };
