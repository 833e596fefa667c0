// What a sign-in with another service has to remember between its two halves, sealed and kept by the page that began
// it: no cookie, no row, and every process can go on with it.
import { hkdfSync } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import { z } from 'zod';

import type { Clock } from '../lib/clock.ts';

/** Time to type a password and confirm it on a phone. */
export const FLOW_LIFETIME_MS = 15 * 60 * 1000;
const AUDIENCE = 'hallpass-oidc-flow';

const flowSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  redirectUri: z.string(),
  invite: z.string().optional(),
});

export type OidcFlow = z.infer<typeof flowSchema>;

export interface FlowSeal {
  seal(flow: OidcFlow): Promise<string>;
  /** @returns undefined for anything that is not a flow of ours, or is too old. */
  open(text: string): Promise<OidcFlow | undefined>;
}

/** @param secretKey SECRET_KEY; the key that seals is derived from it. */
export function createFlowSeal(secretKey: string, clock: Clock): FlowSeal {
  const key = new Uint8Array(hkdfSync('sha256', secretKey, '', 'hallpass oidc flow v1', 32));
  return {
    seal: (flow) =>
      new EncryptJWT(flow)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setAudience(AUDIENCE)
        .setExpirationTime(Math.floor((clock.now() + FLOW_LIFETIME_MS) / 1000))
        .encrypt(key),
    open: async (text) => {
      try {
        const { payload } = await jwtDecrypt(text, key, {
          audience: AUDIENCE,
          currentDate: new Date(clock.now()),
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        });
        return flowSchema.parse(payload);
      } catch {
        // Foreign, damaged or old: all the same to whoever holds it.
        return undefined;
      }
    },
  };
}
