// Settings that change at run time. A stored value wins over the environment's.
export interface SystemSettings {
  guestRpm: number;
  userRpm: number;
  logRetentionDays: number;
  /** Monthly cap over everything, in nanos; null = none. */
  systemBudgetNanos: number | null;
  registration: 'open' | 'closed';
  guestsAllowed: boolean;
}

export interface Settings {
  current(): Readonly<SystemSettings>;
  reload(): Promise<void>;
}
