// Who is signed in, in this browser tab only: closing the tab signs out.
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';

import { logout, type Role, ROLES, whoAmI } from '@/api/accounts.ts';
import { readStored, writeStored } from '@/lib/stored.ts';

const STORED = 'hallpass.login';

export interface Login {
  token: string;
  /** What the menu shows. */
  name: string;
  /** Only for what the pages offer; the server decides by itself what is allowed. A pass has none. */
  role: Role | null;
  /** A pass, not an account: there is nothing to manage. */
  isPass: boolean;
}

export const useLogin = defineStore('login', () => {
  const login = ref<Login | null>(readLogin());
  const token = computed(() => login.value?.token);

  /** Keeps the token, once the server has said whose it is. @throws Problem. */
  async function signIn(bearer: string): Promise<void> {
    const me = await whoAmI(bearer);
    login.value = { token: bearer, name: me.name, role: me.role, isPass: false };
    writeStored('session', STORED, JSON.stringify(login.value));
  }

  /** A pass that the server has accepted speaks for whoever holds it. */
  function enterWithPass(key: string, name: string): void {
    login.value = { token: key, name, role: null, isPass: true };
    writeStored('session', STORED, JSON.stringify(login.value));
  }

  /** Forgets the sign-in here, and ends it on the server where that can be reached. */
  function signOut(): void {
    const ended = login.value;
    login.value = null;
    writeStored('session', STORED, null);
    // Nobody waits for it: here the token is gone either way, and on the server it ends by itself.
    if (ended && !ended.isPass) logout(ended.token).catch(() => undefined);
  }

  /** Forgets a sign-in that the server has ended already. */
  function forget(): void {
    login.value = null;
    writeStored('session', STORED, null);
  }

  return { login, token, signIn, enterWithPass, signOut, forget };
});

function readLogin(): Login | null {
  try {
    const stored = JSON.parse(readStored('session', STORED) ?? 'null') as Partial<Login> | null;
    if (typeof stored?.token !== 'string' || typeof stored.name !== 'string') return null;
    const { token, name } = stored;
    const role = ROLES.find((one) => one === stored.role) ?? null;
    return { token, name, role, isPass: stored.isPass === true };
  } catch {
    return null;
  }
}
