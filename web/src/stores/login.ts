// Who is signed in, in this browser tab only: closing the tab signs out.
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';

import { logout } from '@/api/accounts.ts';
import { readStored, writeStored } from '@/lib/stored.ts';

const STORED = 'hallpass.login';

export interface Login {
  token: string;
  /** The e-mail address or user name that was typed. */
  name: string;
  /** Signed in through the administrator's form. Only a hint for links; the server decides. */
  admin: boolean;
}

export const useLogin = defineStore('login', () => {
  const login = ref<Login | null>(readLogin());
  const token = computed(() => login.value?.token);

  function signIn(next: Login): void {
    login.value = next;
    writeStored('session', STORED, JSON.stringify(next));
  }

  /** Forgets the sign-in here, and ends it on the server where that can be reached. */
  function signOut(): void {
    const ended = login.value;
    login.value = null;
    writeStored('session', STORED, null);
    // Nobody waits for it: here the token is gone either way, and on the server it ends by itself.
    if (ended) logout(ended.token).catch(() => undefined);
  }

  return { login, token, signIn, signOut };
});

function readLogin(): Login | null {
  try {
    const stored = JSON.parse(readStored('session', STORED) ?? 'null') as Partial<Login> | null;
    if (typeof stored?.token !== 'string' || typeof stored.name !== 'string') return null;
    return { token: stored.token, name: stored.name, admin: stored.admin === true };
  } catch {
    return null;
  }
}
