// The two secrets nobody has to think about: taken from the configuration, else from the data folder, where they
// are written once, when first needed.
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';

import type { Config } from './config.ts';
import { StartError } from './lib/start-error.ts';

const OWNER_ONLY = 0o600;

const Secrets = z.object({ SECRET_KEY: z.string().min(16), ENCRYPTION_KEY: z.string().min(16) });
type Secrets = z.infer<typeof Secrets>;

/** The file beside the database that holds generated secrets. */
export const secretsPath = (config: Config): string => join(dirname(config.DATABASE_PATH), 'secrets.json');

/**
 * The configuration with both secrets set. Two processes that make them at the same moment get the same.
 * @param randomText text that cannot be guessed.
 * @throws StartError when the file is damaged, lost or cannot be written; it is never replaced.
 */
export async function withSecrets(config: Config, randomText: () => string): Promise<Config & Secrets> {
  const { SECRET_KEY, ENCRYPTION_KEY } = config;
  if (SECRET_KEY !== undefined && ENCRYPTION_KEY !== undefined) return { ...config, SECRET_KEY, ENCRYPTION_KEY };
  const path = secretsPath(config);
  if (!existsSync(path)) {
    if (ENCRYPTION_KEY === undefined && hasDatabase(config)) throw new StartError(lostText(config.DATABASE_PATH, path));
    await generate(path, { SECRET_KEY: randomText(), ENCRYPTION_KEY: randomText() });
  }
  const stored = readSecrets(path);
  return {
    ...config,
    SECRET_KEY: SECRET_KEY ?? stored.SECRET_KEY,
    ENCRYPTION_KEY: ENCRYPTION_KEY ?? stored.ENCRYPTION_KEY,
  };
}

/** A database that is older than its key was written with another one. */
function hasDatabase({ DATABASE_URL, DATABASE_PATH }: Config): boolean {
  return DATABASE_URL === undefined && existsSync(DATABASE_PATH) && statSync(DATABASE_PATH).size > 0;
}

const lostText = (database: string, path: string): string =>
  `The database ${database} is there, but ${path}, which holds the key of its stored upstream keys, is not. ` +
  'Bring that file back from a backup, or set SECRET_KEY and ENCRYPTION_KEY to their earlier values. ' +
  'Nothing was changed.';

function readSecrets(path: string): Secrets {
  try {
    const secrets = Secrets.parse(JSON.parse(readFileSync(path, 'utf8')));
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, OWNER_ONLY);
    return secrets;
  } catch {
    throw new StartError(
      `The file ${path} cannot be read or is damaged. It holds the key of the stored upstream keys, so it is not ` +
        'replaced: bring it back from a backup, or set SECRET_KEY and ENCRYPTION_KEY to their earlier values. ' +
        'Nothing was changed.',
    );
  }
}

/** Written whole beside its place, then linked there: a crash leaves all of it or nothing, and the first one wins. */
async function generate(path: string, secrets: Secrets): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(draft, 'w', OWNER_ONLY);
    await file.writeFile(`${JSON.stringify(secrets, null, 2)}\n`);
    await file.sync();
    await file.close();
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new StartError(`The secrets cannot be written to ${path} (${(error as Error).message}).`, { cause: error });
  } finally {
    rmSync(draft, { force: true });
  }
}
