// One-time links (set-up, invites, new passwords): only the hash of a token is kept.
import { createHash } from 'node:crypto';

export const hashOfLink = (token: string): string => createHash('sha256').update(token).digest('hex');
