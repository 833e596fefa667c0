// What is not needed for the first screen comes right after it.

const PATIENCE_MS = 1_500;

let calm: Promise<void> | undefined;

/** Resolves once the page has been shown and the browser has nothing better to do, or soon in any case. */
export function idle(): Promise<void> {
  return (calm ??= new Promise((resolve) => {
    const wait = () => {
      if ('requestIdleCallback' in window) requestIdleCallback(() => resolve(), { timeout: PATIENCE_MS });
      else setTimeout(resolve, 200);
    };
    if (document.readyState === 'complete') wait();
    else addEventListener('load', wait, { once: true });
  }));
}

/** Lets the browser do what waits: paint, answer a touch. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
