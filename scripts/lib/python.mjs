// A Python of its own for the tests of the official Python SDKs.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from './root.mjs';
import { capture } from './run.mjs';
import { findProgram, installPackages } from './system.mjs';

/** Exact, so that a new release cannot break a run that changed nothing. */
const PACKAGES = ['openai==3.52.0', 'anthropic==2.14.0'];

/** The path of a Python that has the SDKs, or undefined where there is no Python 3 to make one with. */
export async function preparePython() {
  const folder = join(ROOT, '.cache', 'python');
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python) && !(await makeEnvironment(folder))) return undefined;
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES];
  const { code, output } = await capture(python, install);
  if (code !== 0) throw new Error(`pip could not install ${PACKAGES.join(', ')}:\n${output.trimEnd()}`);
  return python;
}

async function makeEnvironment(folder) {
  const make = async () => {
    const python = findProgram('python3', 'python');
    return python !== undefined && (await capture(python, ['-m', 'venv', '--clear', folder])).code === 0;
  };
  if (await make()) return true;
  await installPackages('python3', 'python3-venv');
  return make();
}
