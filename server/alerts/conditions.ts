// From what is known of the system now to what an administrator should be told. Pure.
import type { AlertKind, AlertView } from '@hallpass/shared/alerts.ts';

export interface BudgetFact {
  accountId: string;
  partyKind: string;
  name: string;
  capNanos: number;
  /** Settled and held. */
  usedNanos: number;
}

export interface ChannelFact {
  id: string;
  name: string;
  keys: { id: string; hint: string; status: string; coolsUntil: number | null; lastError: string | null }[];
  /** Of the last requests to it. */
  attempts: number;
  failures: number;
  checkFailed: boolean;
}

export interface Facts {
  now: number;
  budgets: readonly BudgetFact[];
  channels: readonly ChannelFact[];
  calls: { count: number; errors: number; minutes: number };
  /** null = it could not be found out. */
  disk: { host: string; freeBytes: number; totalBytes: number } | null;
}

export interface Condition {
  kind: AlertKind;
  level: AlertView['level'];
  subjectId: string;
  subjectName: string;
  detail: Record<string, string | number>;
}

const NEAR_PERCENT = 80;
/** So many requests in a row have to fail before a channel counts as down. */
export const FAILURES_MIN = 5;
/** Fewer calls say nothing about a rate. */
export const CALLS_MIN = 20;
export const ERROR_PERCENT = 25;
const GIB = 1_073_741_824;
const DISK = { warningBytes: GIB, warningPercent: 5, criticalBytes: GIB / 4 };
/** Whose budget is nobody's affair but their own: shown, not sent. */
export const PERSONAL = ['pass', 'seat', 'user', 'guest'];

export function conditionsOf(facts: Facts): Condition[] {
  return [
    ...facts.budgets.flatMap(budget),
    ...facts.channels.flatMap((channel) => channelConditions(channel, facts.now)),
    ...errorRate(facts.calls),
    ...(facts.disk ? disk(facts.disk) : []),
  ];
}

function budget({ accountId, partyKind, name, capNanos, usedNanos }: BudgetFact): Condition[] {
  const percent = Math.floor((usedNanos / capNanos) * 100);
  if (capNanos <= 0 || percent < NEAR_PERCENT) return [];
  const isSpent = usedNanos >= capNanos;
  const isPersonal = PERSONAL.includes(partyKind) || accountIsPersonal(accountId);
  return [
    {
      kind: isSpent ? 'budget_spent' : 'budget_near',
      level: isPersonal ? 'note' : isSpent ? 'critical' : 'warning',
      subjectId: accountId,
      subjectName: name,
      detail: { percent },
    },
  ];
}

/** A plan's budget of one person: `pass:…@plan_…`. */
function accountIsPersonal(accountId: string): boolean {
  return accountId.includes('@');
}

function channelConditions({ id, name, keys, attempts, failures, checkFailed }: ChannelFact, now: number): Condition[] {
  const usable = keys.filter(({ status }) => status === 'enabled');
  const reason =
    keys.length > 0 && usable.length === 0
      ? 'no_key'
      : usable.length > 0 && usable.every(({ coolsUntil }) => (coolsUntil ?? 0) > now)
        ? 'cooling'
        : attempts >= FAILURES_MIN && failures === attempts
          ? 'failing'
          : checkFailed
            ? 'check'
            : undefined;
  const refused = keys.filter(({ status, lastError }) => status === 'disabled' && lastError !== null);
  return [
    ...(reason
      ? [{ kind: 'channel_down', level: 'critical', subjectId: id, subjectName: name, detail: { reason } } as const]
      : []),
    ...refused.map((key) => ({
      kind: 'key_disabled' as const,
      level: 'warning' as const,
      subjectId: key.id,
      subjectName: name,
      detail: { hint: key.hint, reason: key.lastError!.slice(0, 200) },
    })),
  ];
}

function errorRate({ count, errors, minutes }: Facts['calls']): Condition[] {
  const percent = Math.floor((errors / Math.max(1, count)) * 100);
  if (count < CALLS_MIN || percent < ERROR_PERCENT) return [];
  const level = percent >= 2 * ERROR_PERCENT ? 'critical' : 'warning';
  return [
    { kind: 'error_rate', level, subjectId: 'calls', subjectName: '', detail: { percent, calls: count, minutes } },
  ];
}

function disk({ host, freeBytes, totalBytes }: NonNullable<Facts['disk']>): Condition[] {
  const percent = Math.floor((freeBytes / Math.max(1, totalBytes)) * 100);
  if (freeBytes >= DISK.warningBytes && percent >= DISK.warningPercent) return [];
  const level = freeBytes < DISK.criticalBytes ? 'critical' : 'warning';
  const free = freeBytes >= GIB ? `${(freeBytes / GIB).toFixed(1)} GB` : `${Math.floor((freeBytes / GIB) * 1024)} MB`;
  return [{ kind: 'disk_low', level, subjectId: host, subjectName: host, detail: { free, percent } }];
}
