// Calls an administrator's address with the sign-in; one that has ended leads to the sign-in page and back.
import { useRoute, useRouter } from 'vue-router';

import { Problem } from '@/api/problem.ts';
import { useLogin } from '@/stores/login.ts';

/** Administrators have a door of their own. */
export function signInPage(role: string | null | undefined): string {
  return role === 'teacher' ? '/login' : '/admin/login';
}

export type AdminCall = <T>(work: (token: string) => Promise<T>) => Promise<T>;

export function useAdminCall(): AdminCall {
  const account = useLogin();
  const router = useRouter();
  const route = useRoute();
  return async (work) => {
    try {
      return await work(account.token ?? '');
    } catch (error) {
      if (error instanceof Problem && error.kind === 'login') {
        const path = signInPage(account.login?.role);
        account.signOut();
        await router.push({ path, query: { next: route.fullPath } });
      }
      throw error;
    }
  };
}
