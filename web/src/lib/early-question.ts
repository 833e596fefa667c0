// What somebody typed into the first screen before the application had come.

export interface EarlyQuestion {
  text: string;
  hasFocus: boolean;
  /** Whether Enter was pressed after it. */
  sent: boolean;
}

const NOTHING: EarlyQuestion = { text: '', hasFocus: false, sent: false };

let early = NOTHING;

/** Reads it off the page; the application is about to take its place. */
export function keepEarlyQuestion(): void {
  const field = document.querySelector<HTMLTextAreaElement>('.first-screen textarea');
  if (!field) return;
  early = { text: field.value, hasFocus: document.activeElement === field, sent: field.dataset.sent === field.value };
}

/** Hands it out once. */
export function takeEarlyQuestion(): EarlyQuestion {
  const taken = early;
  early = NOTHING;
  return taken;
}
