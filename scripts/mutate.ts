// Mutation testing of the money code (R33): changes one operator, number or statement at a time and runs the tests.
// A change no test notices is printed, to be read by a person. Not a part of `npm test`; takes tens of minutes.
//
//   bun scripts/mutate.ts [part of a file's name …]
import { cpus } from 'node:os';
import { join } from 'node:path';

import { mutantsOf, type Mutant } from './lib/mutants.ts';
import { makeSandbox, type Sandbox } from './lib/sandbox.ts';

const ROOT = join(import.meta.dir, '..');
/** Killed share below which the run fails. */
const GOAL = 0.85;
/** A mutant may wait for ever: that is noticed too. */
const TEST_MAX_MS = 90_000;

/** Files to change, and the tests to run, the quick ones first. */
const TARGETS: { files: string; tests: string[][] }[] = [
  { files: 'shared/money.ts', tests: [['shared/money.test.ts']] },
  { files: 'server/lib/periods.ts', tests: [['server/lib/periods.test.ts']] },
  {
    files: 'server/ledger/*.ts',
    tests: [
      ['server/ledger/grant.test.ts', 'server/ledger/charge.test.ts'],
      ['server/ledger/sqlite-ledger.test.ts', '-t', 'holds|settles'],
      ['server/ledger/sqlite-ledger.test.ts', '-t', 'the line|orphans|races|seed'],
      ['server/ledger', 'server/db/sqlite/writer'],
    ],
  },
];
/** Types, tests and what only tests use. */
const LEFT_OUT = /\.(test|suite|fixtures)\.ts$|\/(ledger|invariants)\.ts$/;

interface Job {
  mutant: Mutant;
  tests: string[][];
}

async function main(wanted: string[]): Promise<number> {
  const jobs = await listJobs(wanted);
  const survivors: Mutant[] = [];
  const total = jobs.length;
  console.log(`${total} mutants`);
  const worker = async (index: number) => {
    const sandbox = await makeSandbox(ROOT, index);
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      if (await survives(sandbox, job)) {
        survivors.push(job.mutant);
        console.log(`survived: ${describe(job.mutant)}`);
      }
      if ((total - jobs.length) % 25 === 0) console.log(`… ${total - jobs.length} of ${total}`);
    }
    await sandbox.remove();
  };
  await Promise.all(Array.from({ length: Math.max(1, cpus().length) }, (_, index) => worker(index)));
  const killed = (total - survivors.length) / total;
  console.log(`${total - survivors.length} of ${total} killed: ${(killed * 100).toFixed(1)} %`);
  return killed >= GOAL ? 0 : 1;
}

async function listJobs(wanted: string[]): Promise<Job[]> {
  const jobs: Job[] = [];
  for (const { files, tests } of TARGETS) {
    for (const file of [...new Bun.Glob(files).scanSync(ROOT)].sort()) {
      if (LEFT_OUT.test(file) || (wanted.length > 0 && !wanted.some((part) => file.includes(part)))) continue;
      const source = await Bun.file(join(ROOT, file)).text();
      jobs.push(...mutantsOf(file, source).map((mutant) => ({ mutant, tests })));
    }
  }
  return jobs;
}

async function survives(sandbox: Sandbox, { mutant, tests }: Job): Promise<boolean> {
  await sandbox.write(mutant.file, mutant.source);
  try {
    for (const args of tests) if (!(await sandbox.test(['--bail', ...args], TEST_MAX_MS))) return false;
    return true;
  } finally {
    await sandbox.write(mutant.file, mutant.original);
  }
}

function describe({ file, line, before, after }: Mutant): string {
  const short = (text: string) => text.replace(/\s+/g, ' ').slice(0, 90);
  return `${file}:${line}  ${short(before)}  →  ${short(after) || '(nothing)'}`;
}

process.exitCode = await main(process.argv.slice(2));
