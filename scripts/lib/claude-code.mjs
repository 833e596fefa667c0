// Claude Code for the test that drives it: installed aside, for it is large and nothing else needs it.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ROOT } from './root.mjs';
import { capture } from './run.mjs';

/** Exact, so that a new release cannot break a run that changed nothing. */
const PACKAGE = '@anthropic-ai/claude-code@2.1.332';

/** The path of its program. */
export async function prepareClaudeCode() {
  const folder = join(ROOT, '.cache', 'claude-code');
  const inside = join(folder, 'node_modules', '@anthropic-ai', 'claude-code');
  const program = join(inside, 'bin', 'claude.exe');
  const marker = join(folder, PACKAGE.replaceAll('/', '-'));
  if (existsSync(marker) && existsSync(program)) return program;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"private":true}\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // Its program is put in place by its own install script, which is run by name: npm may be told to run none.
  const steps = [
    [npm, ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', PACKAGE]],
    [process.execPath, [join(inside, 'install.cjs')]],
  ];
  for (const [command, args] of steps) {
    const { code, output } = await capture(command, args);
    if (code !== 0) throw new Error(`${PACKAGE} could not be installed:\n${output.trimEnd()}`);
  }
  await writeFile(marker, '');
  return program;
}
