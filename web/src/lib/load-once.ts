// Loads a part of the page when it is first needed, and again where that failed: without a network, for one.

/**
 * @param load a dynamic import.
 * @returns a loader; its answer is undefined where the part cannot be fetched now, and the next call tries again.
 */
export function loadOnce<T>(load: () => Promise<T>): () => Promise<T | undefined> {
  let loading: Promise<T | undefined> | undefined;
  let failed = false;
  return () => {
    if (!loading && failed) askForStylesAgain();
    // Around the whole import: the builder puts the style sheets' loading before it, and a handler behind it misses that.
    loading ??= (async () => load())().catch(() => {
      loading = undefined;
      failed = true;
      return undefined;
    });
    return loading;
  };
}

/** The builder's loader takes a style sheet that failed for one that is there. */
function askForStylesAgain(): void {
  for (const link of document.head.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]'))
    if (!link.sheet) link.replaceWith(link.cloneNode());
}
