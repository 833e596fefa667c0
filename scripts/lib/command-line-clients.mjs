// The command line clients that tests drive: each is installed aside, for it is large and nothing else needs it.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ROOT } from './root.mjs';
import { capture } from './run.mjs';

/** Exact, so that a new release cannot break a run that changed nothing. */
const CLAUDE_CODE = '@anthropic-ai/claude-code@2.1.332';
const CODEX = '@openai/codex@0.171.0';

/** The path of Claude Code's program. */
export function prepareClaudeCode() {
  // Its program is put in place by its own install script, which is run by name: npm may be told to run none.
  return prepare({ name: 'claude-code', spec: CLAUDE_CODE, program: ['bin', 'claude.exe'], script: 'install.cjs' });
}

/** The path of Codex' start script, for Node. */
export function prepareCodex() {
  return prepare({ name: 'codex', spec: CODEX, program: ['bin', 'codex.js'] });
}

async function prepare({ name, spec, program, script }) {
  const folder = join(ROOT, '.cache', name);
  const inside = join(folder, 'node_modules', ...spec.slice(0, spec.lastIndexOf('@')).split('/'));
  const path = join(inside, ...program);
  const marker = join(folder, spec.replaceAll('/', '-'));
  if (existsSync(marker) && existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"private":true}\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const steps = [
    [npm, ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', spec]],
    ...(script ? [[process.execPath, [join(inside, script)]]] : []),
  ];
  for (const [command, args] of steps) {
    const { code, output } = await capture(command, args);
    if (code !== 0) throw new Error(`${spec} could not be installed:\n${output.trimEnd()}`);
  }
  await writeFile(marker, '');
  return path;
}
