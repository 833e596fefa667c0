// What somebody typed into the first screen before the application had come.

export interface EarlyQuestion {
  text: string;
  hasFocus: boolean;
}

let early: EarlyQuestion = { text: '', hasFocus: false };

/** Reads it off the page; the application is about to take its place. */
export function keepEarlyQuestion(): void {
  const field = document.querySelector<HTMLTextAreaElement>('.first-screen textarea');
  if (field) early = { text: field.value, hasFocus: document.activeElement === field };
}

/** Hands it out once. */
export function takeEarlyQuestion(): EarlyQuestion {
  const taken = early;
  early = { text: '', hasFocus: false };
  return taken;
}
