// Finds the principal of a pass by the key's hash, from memory after the first time.
import type { Principal } from '../plans/levels.ts';

export interface PassDirectory {
  /** undefined = no such key. @throws AppError database_unavailable, never "unknown", when the database cannot be asked. */
  find(key: string): Promise<Principal | undefined>;
  /** The principal of a signed-in user without a pass (built-in plan `user`). */
  forUser(userId: string): Promise<Principal>;
  /** The principal of a guest at this address (built-in plan `guest`). */
  forGuest(ip: string): Promise<Principal>;
  /** The principal of LITELLM_ADMIN_KEY or an admin's own calls: no limits but the system's. */
  forAdminKey(): Promise<Principal>;
}
