// Where the project and its packages lie, whichever folder a script is started from.
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A file of an installed package of the web; npm puts it in either of two places. */
export function webPackage(...path) {
  const nested = join(ROOT, 'web', 'node_modules', ...path);
  return existsSync(nested) ? nested : join(ROOT, 'node_modules', ...path);
}

/** Whether this module is what was started, rather than imported. */
export function isStarted(moduleUrl) {
  const [, script] = process.argv;
  return script !== undefined && existsSync(script) && realpathSync(script) === fileURLToPath(moduleUrl);
}
