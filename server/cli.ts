// Commands beside the server: `doctor` checks that database, types and API agree.
import { existsSync } from 'node:fs';

import { type Locale, LOCALES } from '@hallpass/shared/errors.ts';

import { ConfigError, readConfig } from './config.ts';
import { openDatabase } from './db/open.ts';
import { examine } from './doctor/examine.ts';
import { reportText, verdictOf } from './doctor/report.ts';
import { systemClock } from './lib/clock.ts';
import { StartError } from './lib/start-error.ts';

const USAGE = `Usage: npm run doctor -- [--lang ${LOCALES.join('|')}]\n`;

/** Prints the report. @returns the exit code: 1 when something is not consistent. @throws StartError */
async function doctor(args: readonly string[]): Promise<number> {
  const config = readConfig();
  if (config.DATABASE_URL === undefined && !existsSync(config.DATABASE_PATH))
    throw new StartError(`There is no database at ${config.DATABASE_PATH} yet.`);
  const asked = args.includes('--lang') ? args[args.indexOf('--lang') + 1] : config.DEFAULT_LOCALE;
  const locale: Locale = LOCALES.find((one) => one === asked) ?? config.DEFAULT_LOCALE;
  const database = await openDatabase(config);
  try {
    const examination = await examine(database);
    process.stdout.write(reportText(examination, new Date(systemClock.now()).toISOString(), locale));
    return verdictOf(examination) === 'error' ? 1 : 0;
  } finally {
    await database.close();
  }
}

const [command, ...args] = process.argv.slice(2);
try {
  if (command === 'doctor') process.exitCode = await doctor(args);
  else {
    process.stderr.write(USAGE);
    process.exitCode = 2;
  }
} catch (error) {
  if (!(error instanceof StartError || error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
