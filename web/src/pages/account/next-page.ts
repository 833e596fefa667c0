// Where a sign-in leads to.

/** @param wanted the address's `next`; only a page of our own is followed, never another site. */
export function nextPage(wanted: unknown, otherwise: string): string {
  return typeof wanted === 'string' && /^\/(?![/\\])/.test(wanted) ? wanted : otherwise;
}

/** Where a sign-in leads to that was not on its way to a page: a teacher's day begins with the classes. */
export function startPage(role: string | null | undefined): string {
  return role === 'teacher' ? '/admin' : '/';
}
