// Enter sends, Shift+Enter breaks the line, and an input method's Enter does neither.

/** Milliseconds after `compositionend` in which Safari still delivers the Enter that ended it. */
const AFTER_COMPOSITION_MS = 30;

export interface EnterGuard {
  onCompositionend(event: { timeStamp: number }): void;
  /** Whether this key press means "send": the one predicate every input uses. */
  isSend(event: KeyboardEvent): boolean;
}

export function useEnterToSend(): EnterGuard {
  let composedAt = Number.NEGATIVE_INFINITY;
  return {
    onCompositionend: ({ timeStamp }) => {
      composedAt = timeStamp;
    },
    isSend: (event) =>
      event.key === 'Enter' &&
      !event.shiftKey &&
      !event.ctrlKey &&
      !event.altKey &&
      !event.metaKey &&
      !event.isComposing &&
      event.keyCode !== 229 &&
      event.timeStamp - composedAt > AFTER_COMPOSITION_MS,
  };
}
