// The imported set of prices: how a route finds its price in it, and how a new set differs from the one in force.
import type { PriceTier } from './pricing.ts';
import type { FileEntries, FileEntry, FilePrices } from './price-file.ts';

export interface PriceSet {
  /** Stamped on every row priced by it. */
  version: string;
  importedAt: number;
  entries: FileEntries;
}

export interface SetChanges {
  added: string[];
  changed: { model: string; from: FilePrices; to: FilePrices }[];
  gone: string[];
  /** Why the new set must not replace the old one. */
  problems: string[];
}

/** A price that moves by this factor is a slip of the unit, not a new price. */
const SUSPICIOUS_FACTOR = 1_000;

/** Our preset → the file's `litellm_provider`, where they differ. */
const PROVIDERS: Readonly<Record<string, string>> = {
  google: 'gemini',
  'google-gemini': 'gemini',
  aws: 'bedrock',
  'x-ai': 'xai',
  together: 'together_ai',
  fireworks: 'fireworks_ai',
  qwen: 'dashscope',
  moonshotai: 'moonshot',
  zhipuai: 'zai',
  doubao: 'volcengine',
};

/** The price of a vendor's model; undefined also where only another vendor's model has this name. */
export function findInSet(set: PriceSet | undefined, preset: string | null, model: string): PriceTier[] | undefined {
  if (!set || !preset) return undefined;
  const provider = PROVIDERS[preset] ?? preset;
  const entry = ownEntry(set, `${provider}/${model}`) ?? ownEntry(set, model);
  return entry?.provider === provider ? tiersOf(set, entry) : undefined;
}

/** By the model's name alone. */
export function findNameInSet(set: PriceSet | undefined, model: string): PriceTier[] | undefined {
  const entry = set && ownEntry(set, model);
  return entry && tiersOf(set, entry);
}

function ownEntry(set: PriceSet, model: string): FileEntry | undefined {
  return Object.hasOwn(set.entries, model) ? set.entries[model] : undefined;
}

function tiersOf({ version }: PriceSet, { provider, tiers }: FileEntry): PriceTier[] {
  const source = `price-file/${provider || 'unknown'}`;
  return tiers.map(({ aboveTokens, prices }) => ({ aboveTokens, prices: { ...prices, source, version } }));
}

export function compareSets(before: FileEntries, after: FileEntries): SetChanges {
  const known = Object.keys(before);
  const gone = known.filter((model) => !Object.hasOwn(after, model));
  const added = Object.keys(after).filter((model) => !Object.hasOwn(before, model));
  const problems = gone.length * 2 > known.length ? [`${gone.length} of ${known.length} known models are gone`] : [];
  const changed: SetChanges['changed'] = [];
  for (const model of known) {
    const [old, next] = [before[model]!, after[model]];
    if (!next || JSON.stringify(old) === JSON.stringify(next)) continue;
    const [from, to] = [old.tiers[0]!.prices, next.tiers[0]!.prices];
    changed.push({ model, from, to });
    if (isSuspicious(from, to)) problems.push(`${model}: the price is ${SUSPICIOUS_FACTOR} times off the one in force`);
  }
  return { added, changed, gone, problems };
}

/** Also used against the price in force that comes from elsewhere. */
export function isSuspicious(from: FilePrices, to: FilePrices): boolean {
  return (['promptNanos', 'completionNanos'] as const).some((kind) => {
    const [low, high] = [from[kind], to[kind]].sort((a, b) => a - b) as [number, number];
    return low > 0 && high >= low * SUSPICIOUS_FACTOR;
  });
}
