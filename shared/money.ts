// Money is whole nano-dollars (10⁻⁹ USD); unit prices are whole nanos per million tokens.

export const NANOS_PER_DOLLAR = 1_000_000_000;
/** Token prices are per this many tokens. */
export const PRICE_UNIT_TOKENS = 1_000_000n;

/** One item of a bill: how many units, at how many nanos per million units. */
export interface CostLine {
  units: number;
  nanosPerMillion: number;
}

/**
 * The cost of several lines in nanos: one BigInt sum, divided once, rounded up.
 * @throws RangeError for a negative or fractional number, or a result above 2^53-1.
 */
export function costNanos(lines: readonly CostLine[]): number {
  let sum = 0n;
  for (const line of lines) sum += costMicros(line.units, line.nanosPerMillion);
  return divideUp(sum);
}

/** units × price before the division: nanos × 10⁶. */
export function costMicros(units: number, nanosPerMillion: number): bigint {
  assertWhole(units);
  assertWhole(nanosPerMillion);
  const product = units * nanosPerMillion;
  return product <= Number.MAX_SAFE_INTEGER ? BigInt(product) : BigInt(units) * BigInt(nanosPerMillion);
}

/** Divides a sum of `costMicros` by a million, rounded up, as a safe integer of nanos. */
export function divideUp(sum: bigint): number {
  const nanos = (sum + PRICE_UNIT_TOKENS - 1n) / PRICE_UNIT_TOKENS;
  if (nanos > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError('cost is above the largest amount we keep');
  return Number(nanos);
}

/**
 * Dollars, as JSON and people write them, to whole nanos; rounded half up at the ninth decimal. The decimal text of
 * the number is read, not its binary value, so 0.27 is 270,000,000 and nothing next to it.
 * @throws RangeError for NaN, infinity, a negative number or more than $9,007,199.
 */
export function dollarsToNanos(dollars: number): number {
  return shifted(dollars, 9);
}

/**
 * Dollars a token, as price files write them (2.7e-7), to whole nanos a million tokens; read as `dollarsToNanos` reads.
 * @throws RangeError as `dollarsToNanos`, for the price of a million tokens.
 */
export function tokenDollarsToNanos(dollarsPerToken: number): number {
  return shifted(dollarsPerToken, 15);
}

function shifted(dollars: number, places: number): number {
  if (!Number.isFinite(dollars) || dollars < 0) throw new RangeError('an amount is a number of dollars, zero or more');
  const [mantissa = '0', exponent = '0'] = dollars.toString().split('e');
  const [whole = '0', decimals = ''] = mantissa.split('.');
  const digits = BigInt(whole + decimals);
  const shift = places + Number(exponent) - decimals.length;
  const nanos = shift >= 0 ? digits * 10n ** BigInt(shift) : roundHalfUp(digits, 10n ** BigInt(-shift));
  if (nanos > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError('the amount is too large');
  return Number(nanos);
}

function roundHalfUp(numerator: bigint, denominator: bigint): bigint {
  return (numerator * 2n + denominator) / (denominator * 2n);
}

/** Nanos as a number of dollars, for JSON replies only; never computed with. */
export function nanosToDollars(nanos: number): number {
  return nanos / NANOS_PER_DOLLAR;
}

function assertWhole(value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a whole number ≥ 0`);
}
