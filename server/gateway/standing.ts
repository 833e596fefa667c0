// Whether a caller may use a model now, as one status word. Pure: no limits, no money, no HTTP.
import { effective, isModelAllowed } from '../plans/rules.ts';
import { isOpenAt, nextOpeningAt } from '../plans/class-hours.ts';
import type { Principal } from '../plans/levels.ts';

export type Standing =
  | { word: 'ok' }
  | { word: 'pass_blocked' }
  | { word: 'pass_expired'; expiredAt: number }
  | { word: 'class_paused' }
  | { word: 'class_closed'; opensAt: number | null; timeZone: string }
  | { word: 'model_not_allowed' };

/** The order of DESIGN §5: status and expiry, then class hours, then the model. */
export function standingOf(principal: Principal, model: string, now: number): Standing {
  if (principal.passStatus === 'blocked') return { word: 'pass_blocked' };
  if (principal.expiresAt !== null && now >= principal.expiresAt)
    return { word: 'pass_expired', expiredAt: principal.expiresAt };
  if (principal.classroomPausedAt !== null) return { word: 'class_paused' };
  const schedule = effective(principal.levels, 'accessSchedule');
  if (schedule && !isOpenAt(schedule, now))
    return { word: 'class_closed', opensAt: nextOpeningAt(schedule, now), timeZone: schedule.timezone };
  return isModelAllowed(principal.levels, model) ? { word: 'ok' } : { word: 'model_not_allowed' };
}
