// Who does what a request asks for, for the audit log.
import type { ChangedBy } from '../passes/pass-settings.ts';
import type { RouteInput } from './route.ts';

export function byOf({ user, http }: Pick<RouteInput<unknown, unknown, unknown>, 'user' | 'http'>): ChangedBy {
  return { actor: user ? { id: user.id, name: user.name } : null, ip: http.get('ip') };
}
