// Amounts of money as a refusal names them.
import { nanosToDollars } from '@hallpass/shared/money.ts';

/** Dollars with as many decimals as a small amount needs: `$0.5`, `$0.000012`. */
export function formatNanos(nanos: number): string {
  return `$${nanosToDollars(nanos).toLocaleString('en', { maximumSignificantDigits: 6, useGrouping: false })}`;
}
