// The list of checks, and of the commands that repair what a check may find.
import { join } from 'node:path';

import { findBun } from '../bun.mjs';
import { ROOT, webPackage } from './root.mjs';

const bin = (...path) => join(ROOT, 'node_modules', ...path);
const node = process.execPath;
const oxlint = bin('oxlint', 'bin', 'oxlint');
const oxfmt = bin('oxfmt', 'bin', 'oxfmt');
const tsc = bin('typescript', 'bin', 'tsc');

export function checks() {
  return [
    { name: 'lint', command: node, args: [oxlint] },
    { name: 'format', command: node, args: [oxfmt, '--check', '.'] },
    { name: 'types of server, shared and scripts', command: node, args: [tsc, '--noEmit', '-p', '.'] },
    {
      name: 'types of web',
      command: node,
      args: [webPackage('vue-tsc', 'bin', 'vue-tsc.js'), '--noEmit', '-p', 'web'],
    },
    { name: 'generated files are fresh', command: findBun(), args: ['scripts/generate.ts', '--check'] },
  ];
}

export function fixes() {
  return [
    { command: node, args: [oxlint, '--fix'] },
    { command: findBun(), args: ['scripts/generate.ts'] },
    { command: node, args: [oxfmt, '.'] },
  ];
}
