// What each column of a configuration file may hold, as strict as the addresses by which an administrator sets it: a
// damaged file must not write what the server could not read again.
import { modelNameSchema } from '@hallpass/shared/channel-models.ts';
import { CAPABILITIES, MODEL_TYPES } from '@hallpass/shared/lists.ts';
import { channelOptionsSchema } from '@hallpass/shared/channel-options.ts';
import { AUTH_TYPES, CHANNEL_PROTOCOLS, KEY_USAGE_MODES } from '@hallpass/shared/channels.ts';
import type { ConfigurationTable } from '@hallpass/shared/configuration.ts';
import { LOCALES } from '@hallpass/shared/errors.ts';
import { line } from '@hallpass/shared/fields.ts';
import { COUNT_MAX, levelName, permissionFields } from '@hallpass/shared/permissions.ts';
import { isTimeZone, timetable } from '@hallpass/shared/timetable.ts';
import { z } from 'zod';

import { parseDuration } from '../lib/durations.ts';
import { parseNetwork } from '../lib/networks.ts';
import { PRICE_SET_ROWS } from '../models/price-set-store.ts';
import { DEFINITIONS, SETTING_NAMES } from '../settings/rules.ts';

const DAY_MS = 86_400_000;
const PASS_DAYS_MAX = 3_650;
/** The last moment a Date can hold. */
const LATEST_MS = 8_640_000_000_000_000;
const TEXT_MAX = 4_000_000;

const whole = (min: number, max: number) => z.int().min(min).max(max);
const flag = whole(0, 1);
const limit = whole(0, COUNT_MAX);
const nanos = whole(0, 9_000_000 * 1_000_000_000);
const onOff = z.enum(['enabled', 'disabled']);
const id = z.string().max(100);
const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes('\0'), 'holds NUL');
const json = (schema: z.ZodType) =>
  text(TEXT_MAX).superRefine((value, { addIssue }) => {
    const issue = schema.safeParse(parsed(value)).error?.issues[0];
    if (issue) addIssue({ code: 'custom', message: wrongPart(issue) });
  });
const reads = (read: (value: string) => unknown, max: number) =>
  text(max).refine((value) => {
    try {
      return Boolean(read(value));
    } catch {
      return false;
    }
  }, 'cannot be read');
const duration = reads(parseDuration, 20);

const permissions = {
  models: json(permissionFields.models.unwrap()),
  accessSchedule: json(timetable),
  contentPolicy: permissionFields.content_policy.unwrap(),
  maxOutputTokens: whole(1, COUNT_MAX),
  budgetNanos: nanos,
  budgetPeriod: duration,
  rpmLimit: limit,
  tpmLimit: limit,
  maxParallel: limit,
};
const count = whole(1, 1_000_000_000);

/** Of the columns named here; of the others `ANY_TEXT` and `ANY_NUMBER` hold. */
export const ROW_RULES: Record<ConfigurationTable, Record<string, z.ZodType>> = {
  plans: {
    ...permissions,
    name: levelName,
    description: text(2_000),
    builtIn: flag,
    poolBudgetNanos: nanos,
    poolBudgetPeriod: duration,
    durationMs: whole(DAY_MS, PASS_DAYS_MAX * DAY_MS),
  },
  classrooms: {
    ...permissions,
    name: levelName,
    locale: z.enum(LOCALES),
    timeZone: reads(isTimeZone, 100),
    status: z.enum(['active', 'archived']),
    metadata: json(z.record(z.string(), z.json())),
    systemPrompt: text(100_000),
  },
  channels: {
    name: line(100).min(1),
    preset: z.string().regex(/^[a-z0-9-]{1,50}$/),
    protocol: z.enum(CHANNEL_PROTOCOLS),
    authType: z.enum(AUTH_TYPES),
    keyUsageMode: z.enum(KEY_USAGE_MODES),
    status: onOff,
    rpmLimit: count,
    tpmLimit: count,
    options: json(channelOptionsSchema),
  },
  channelKeys: { channelId: id, position: whole(0, 10_000), hint: line(100), status: onOff },
  models: {
    publicName: modelNameSchema,
    displayName: line(200).min(1),
    type: z.enum(MODEL_TYPES),
    provider: line(100),
    description: text(2_000),
    status: onOff,
    capabilities: json(z.array(z.enum(CAPABILITIES))),
    contextWindow: count,
    maxOutputTokens: count,
    fallbacks: json(z.array(modelNameSchema).max(2)),
  },
  modelAliases: { alias: modelNameSchema, modelId: id },
  routes: {
    modelId: id,
    channelId: id,
    upstreamModel: modelNameSchema,
    priority: whole(0, 1_000),
    weight: whole(1, 1_000),
    status: onOff,
    rpmLimit: count,
    tpmLimit: count,
  },
  prices: { source: text(500) },
  blockedIps: { ipAddress: reads(parseNetwork, 64), reason: text(500) },
  // By their keys: SETTING_RULES.
  settings: {},
};

const priceSet = z.object({
  version: z.string().min(1).max(200),
  importedAt: whole(0, LATEST_MS),
  entries: z.record(
    z.string().max(500),
    z.object({
      provider: z.string().max(200),
      tiers: z
        .array(
          z.object({
            aboveTokens: whole(0, COUNT_MAX),
            prices: z
              .record(z.string().max(50), whole(0, Number.MAX_SAFE_INTEGER).nullable())
              .refine((prices) => ['promptNanos', 'completionNanos'].every((name) => typeof prices[name] === 'number')),
          }),
        )
        .min(1),
    }),
  ),
});

/** What the value of a setting may be, by its key. */
export const SETTING_RULES: Record<string, z.ZodType> = {
  ...Object.fromEntries(SETTING_NAMES.map((name) => [DEFINITIONS[name].key, json(DEFINITIONS[name].schema)])),
  [PRICE_SET_ROWS.current]: json(priceSet),
  [PRICE_SET_ROWS.previous]: json(priceSet),
  [PRICE_SET_ROWS.version]: text(200),
};

export const ANY_TEXT = text(TEXT_MAX);
/** Times, sums of money and counts: none is below zero, and a time has to be one. */
export const ANY_NUMBER = whole(0, LATEST_MS);

function wrongPart({ path, message }: { path: PropertyKey[]; message: string }): string {
  return `does not hold what it should (${[...path.map(String), ''].join('.').slice(0, -1)}: ${message})`.slice(0, 300);
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
