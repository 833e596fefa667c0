// `npm run bench`: Hallpass and its peers on the same work, one after another in the same run, and one table.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';

import { startDriver } from './driver.ts';
import { readOptions } from './options.ts';
import { descriptorsMax } from './processes.ts';
import { ROWS, SIZES, withinDescriptors } from './rows.ts';
import { type RunReport, runRounds } from './run.ts';
import { DRIVER_CORE, TARGET_CORE } from './spawn.ts';
import { replaceResults, renderTable } from './table.ts';
import { TARGETS } from './targets/index.ts';
import type { Target } from './targets/target.ts';

const PAGE = join(import.meta.dir, 'README.md');
const ROUNDS = { whole: 5, quick: 1 };

async function main(): Promise<void> {
  const known = { targets: TARGETS.map(({ name }) => name), rows: ROWS.map(({ name }) => name) };
  const options = readOptions(process.argv.slice(2), known);
  needTwoCores();
  const faults: string[] = [];
  const targets = await installed(
    TARGETS.filter(({ name }) => options.targets.includes(name)),
    faults,
  );
  const kind = options.quick ? 'quick' : 'whole';
  const rounds = options.rounds ?? ROUNDS[kind];
  using driver = await startDriver();
  const plan = { targets, rows: options.rows, rounds, size: withinDescriptors(SIZES[kind], descriptorsMax()) };
  const text = (report: RunReport) =>
    page(machine(kind, rounds), targets, { ...report, faults: [...faults, ...report.faults] });
  const run = await runRounds(driver, plan, {
    say: console.error,
    onResults(report) {
      if (options.write) writeFileSync(PAGE, replaceResults(readFileSync(PAGE, 'utf8'), text(report)));
    },
  });
  console.log(`\n${text(run)}`);
  process.exitCode = faults.length + run.faults.length > 0 ? 1 : 0;
}

function page(head: string, targets: readonly Target[], { results, faults }: RunReport): string {
  const lines = ROWS.flatMap((row) => row.figures.map((figure) => ({ ...figure, row: row.name })));
  return [
    head,
    renderTable(lines, targets, results),
    '\nSwitched on:\n',
    ...targets.map(({ title, on }) => `- **${title}**: ${on}`),
    ...(faults.length > 0 ? ['\nNot measured, or not to be trusted:\n', ...faults.map((fault) => `- ${fault}`)] : []),
  ].join('\n');
}

function needTwoCores(): void {
  if (!existsSync('/proc/self/stat') || cpus().length < 2 || !Bun.which('taskset'))
    throw new Error('The benchmark needs Linux, two cores and taskset, so that load and target do not share a core.');
}

async function installed(targets: readonly Target[], faults: string[]): Promise<Target[]> {
  const ready: Target[] = [];
  for (const target of targets) {
    try {
      await target.install();
      ready.push(target);
    } catch (error) {
      faults.push(`${target.title}: ${(error as Error).message}`);
    }
  }
  return ready;
}

function machine(kind: string, rounds: number): string {
  const cores = cpus();
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const memory = Math.round(totalmem() / 2 ** 30);
  return (
    `${date} UTC, ${cores.length} × ${cores[0]?.model}, ${memory} GiB, Linux ${release()}, Bun ${Bun.version}. ` +
    `A ${kind} run; medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}. The target alone on core ${TARGET_CORE}, ` +
    `load and upstream on core ${DRIVER_CORE}; where the driver’s core is busier than the target’s, a rate is a lower bound. ` +
    'In brackets: the ratio to nginx.\n'
  );
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
process.exit();
