// Reads and writes browser storage that may be switched off or full; a page works without it.

const stores = { local: () => localStorage, session: () => sessionStorage };

export function readStored(where: keyof typeof stores, key: string): string | null {
  try {
    return stores[where]().getItem(key);
  } catch {
    return null;
  }
}

/** @param value null removes the entry. */
export function writeStored(where: keyof typeof stores, key: string, value: string | null): void {
  try {
    if (value === null) stores[where]().removeItem(key);
    else stores[where]().setItem(key, value);
  } catch {
    // Kept in memory only, until the page closes.
  }
}
