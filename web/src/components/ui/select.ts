// What both halves of a select share: the closed button and the opened list.

export interface SelectOption {
  id: string;
  name: string;
  /** A second, quieter line. */
  note?: string;
}

export interface SelectProps {
  options: readonly SelectOption[];
  /** What it is and what is chosen, for a screen reader. */
  label: string;
  listLabel: string;
  searchLabel: string;
  /** The text on the closed button. */
  shown: string;
}

export const SELECT_BUTTON =
  'tap inline-flex h-9 max-w-[360px] min-w-0 items-center gap-1.5 rounded-full border border-border bg-card px-3.5 text-[14px] transition-colors duration-150 hover:border-input data-[state=open]:border-input';
