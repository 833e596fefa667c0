// The contract of /api/admin/configuration: everything an administrator has set up, as one file. People, passes and
// calls are not configuration: they belong to a backup of the database.
import { z } from 'zod';

export const PASSPHRASE_MIN = 12;
const passphrase = z.string().min(PASSPHRASE_MIN).max(1_000);

/** In the order they are written: each only points to those before it. */
export const CONFIGURATION_TABLES = [
  'plans',
  'classrooms',
  'channels',
  'channelKeys',
  'models',
  'modelAliases',
  'routes',
  'prices',
  'blockedIps',
  'settings',
] as const;
export type ConfigurationTable = (typeof CONFIGURATION_TABLES)[number];

const ROWS_MAX = 20_000;
const row = z.record(z.string().max(100), z.union([z.string(), z.number(), z.null()]));
const rows = z.array(row).max(ROWS_MAX);

export const configurationFile = z.object({
  format: z.literal('hallpass configuration'),
  version: z.literal(1),
  exported_at: z.iso.datetime(),
  /** The newest migration of the database it comes from. */
  migration: z.string().max(100),
  /** How the passphrase becomes a key: scrypt with this salt (base64url). */
  salt: z.string().min(22).max(100),
  tables: z.object(
    Object.fromEntries(CONFIGURATION_TABLES.map((table) => [table, rows])) as Record<ConfigurationTable, typeof rows>,
  ),
});
export type ConfigurationFile = z.infer<typeof configurationFile>;

export const exportBody = z.object({ passphrase }).strict();
export const importBody = z.object({ passphrase, file: configurationFile }).strict();
/** `true` only tells what would change. */
export const importQuery = z.object({ dry_run: z.enum(['true', 'false']).optional() });

const count = z.object({ added: z.int(), changed: z.int(), same: z.int() });
export const importReply = z.object({
  /** False after a dry run. */
  written: z.boolean(),
  tables: z.record(z.enum(CONFIGURATION_TABLES), count),
});
export type ImportReport = z.infer<typeof importReply>;
