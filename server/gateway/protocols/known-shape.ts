// Which fields of a request a translation knows, at every depth: what it does not know is refused by name, never dropped.
import { unsupported } from './neutral.ts';

type Fields = Record<string, unknown>;

/**
 * The known fields of an object, or of each in a list. null = whatever stands in it is read elsewhere, or may stay behind
 * (docs/protocols.md names those). A function picks by the object, such as by its `type`; undefined = its reader judges it.
 */
export type Shape = { readonly [field: string]: Shape | null } | ((value: Fields) => Shape | undefined);

/** The same for each of these names. */
export const anything = (names: string): { [field: string]: null } =>
  Object.fromEntries(names.split(' ').map((name) => [name, null]));

/** @param target who cannot express it. @throws AppError unsupported_parameter with the path of the field. */
export function refuseUnknown(value: unknown, shape: Shape, target: string, at = ''): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) refuseUnknown(one, shape, target, below(at, String(index)));
    return;
  }
  const known = typeof shape === 'function' ? shape(value as Fields) : shape;
  if (known === undefined) return;
  if (typeof known === 'function') return refuseUnknown(value, known, target, at);
  for (const [name, inner] of Object.entries(value)) {
    if (saysNothing(inner)) continue;
    const path = below(at, name.slice(0, NAME_MAX));
    if (!Object.hasOwn(known, name)) throw unsupported(path, `${target} cannot express it`);
    const deeper = known[name];
    if (deeper) refuseUnknown(inner, deeper, target, path);
  }
}

/** As much of a name as an error repeats. */
const NAME_MAX = 100;

const below = (at: string, name: string) => (at === '' ? name : `${at}.${name}`);

/** Clients write out what they leave at its default. A plain `false` can say a lot, such as not to think. */
function saysNothing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}
