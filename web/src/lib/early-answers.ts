// Answers that theme.js has asked for while the application was still on its way: no round trip is waited for twice.

/** Written by theme.js. */
interface EarlyAnswers {
  locale: string;
  token: string | undefined;
  answers: Partial<Record<string, Promise<Response>>>;
}

declare global {
  interface Window {
    earlyAnswers?: EarlyAnswers;
  }
}

/** Hands each out once, and only for the person and the language it was asked for. */
export function takeEarlyAnswer(
  path: string,
  locale: string,
  token: string | undefined,
): Promise<Response> | undefined {
  const early = window.earlyAnswers;
  const answer = early?.answers[path];
  if (!early || !answer) return undefined;
  delete early.answers[path];
  return early.locale === locale && early.token === token ? answer : undefined;
}
