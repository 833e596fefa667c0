// Browser sign-ins: 24-hour JWTs that can be revoked one by one or all at once.
import type { Locale } from '@hallpass/shared/errors.ts';
import type { Role } from '@hallpass/shared/roles.ts';

export interface LoginUser {
  id: string;
  role: Role;
  /** E-mail or user name. */
  name: string;
  email: string | null;
  locale: Locale | null;
}

export interface Logins {
  /** A token for this user, valid for 24 hours. */
  issue(userId: string): Promise<string>;
  /** From memory after the first time. @throws AppError login_expired, account_disabled, database_unavailable. */
  verify(token: string): Promise<LoginUser>;
  /** Ends this one token at once. */
  revoke(token: string): Promise<void>;
  /** Whether a bearer value has the form of a login rather than a pass. */
  looksLikeLogin(token: string): boolean;
}
