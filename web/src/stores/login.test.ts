import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { useLogin } from './login.ts';

const calls: { path: string; authorization: string | null }[] = [];

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  calls.length = 0;
  setActivePinia(createPinia());
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    calls.push({ path, authorization: new Headers(init.headers).get('authorization') });
    return Promise.resolve(Response.json({ name: 'admin', role: 'admin', message: 'ok' }));
  });
});
afterEach(() => vi.unstubAllGlobals());

describe('a sign-in', () => {
  test('is kept for this tab only and found again after a reload', async () => {
    await useLogin().signIn('eyJ.x.y');
    setActivePinia(createPinia());
    expect(useLogin().login).toEqual({ token: 'eyJ.x.y', name: 'admin', role: 'admin', isPass: false });
    expect(localStorage.length).toBe(0);
  });

  test('that ends is forgotten here at once and revoked on the server', async () => {
    const account = useLogin();
    await account.signIn('eyJ.x.y');
    account.signOut();
    expect(account.token).toBeUndefined();
    expect(sessionStorage.length).toBe(0);
    expect(calls.at(-1)).toEqual({ path: '/api/auth/logout', authorization: 'Bearer eyJ.x.y' });
  });

  test('of a pass is kept like any other, and ends without telling the server: the pass goes on', () => {
    const before = calls.length;
    useLogin().enterWithPass('sk-hp-a-b', 'Ming');
    setActivePinia(createPinia());
    expect(useLogin().login).toEqual({ token: 'sk-hp-a-b', name: 'Ming', role: null, isPass: true });
    useLogin().signOut();
    expect(sessionStorage.length).toBe(0);
    expect(calls).toHaveLength(before);
  });

  test('is not kept when the server does not know the token', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ error: { code: 'login_expired' } }, { status: 401 })));
    await expect(useLogin().signIn('eyJ.x.y')).rejects.toMatchObject({ kind: 'login' });
    expect(useLogin().login).toBeNull();
  });

  test.each(['', '{', '[]', 'null', '{"token":5,"name":"x"}', '{"token":"x"}'])(
    'that is stored as %j is none',
    (stored) => {
      sessionStorage.setItem('hallpass.login', stored);
      expect(useLogin().login).toBeNull();
    },
  );
});
