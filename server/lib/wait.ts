/** Waits until one of these has ended, but not longer than `ms`; leaves no timer behind. */
export async function waitAtMost(ms: number, ...work: Promise<unknown>[]): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  try {
    await Promise.race([late, ...work]);
  } finally {
    clearTimeout(timer);
  }
}
