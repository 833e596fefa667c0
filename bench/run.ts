// Runs the rounds: in each, every target in turn is started, warmed up, measured row by row, checked and stopped.
import type { Driver } from './driver.ts';
import { usageOf } from './processes.ts';
import { type Measuring, ROWS, type Row, type Size } from './rows.ts';
import { addResult, type Results } from './table.ts';
import type { Target } from './targets/target.ts';

/** Lets a target that just started finish what it does in the background. */
const SETTLE_MS = 1_000;

export interface Plan {
  targets: readonly Target[];
  rows: readonly string[];
  rounds: number;
  size: Size;
}

export interface RunReport {
  results: Results;
  /** What was wrong, in words; a run with any of these proves nothing about that target. */
  faults: string[];
  /** `target row` that went wrong: not tried again in later rounds, since a target that hangs costs minutes a row. */
  failed: Set<string>;
}

export interface Listener {
  say(line: string): void;
  /** After each target of each round: a run that is ended early has kept what it had. */
  onResults(report: RunReport): void;
}

export async function runRounds(driver: Driver, plan: Plan, { say, onResults }: Listener): Promise<RunReport> {
  const report: RunReport = { results: new Map(), faults: [], failed: new Set() };
  for (let round = 0; round < plan.rounds; round++) {
    for (const target of inTurn(plan.targets, round)) {
      say(`round ${round + 1} of ${plan.rounds}: ${target.title}`);
      await measureTarget(driver, target, plan, report).catch((error: Error) => {
        report.faults.push(`${target.title}: ${error.message}`);
      });
      onResults(report);
    }
  }
  return report;
}

/** Another one begins each round, so that drift of the machine hits all alike. */
export function inTurn<T>(items: readonly T[], round: number): T[] {
  const first = round % Math.max(1, items.length);
  return [...items.slice(first), ...items.slice(0, first)];
}

async function measureTarget(driver: Driver, target: Target, plan: Plan, report: RunReport): Promise<void> {
  const running = await target.start(driver.upstreamPort);
  try {
    await Bun.sleep(SETTLE_MS);
    const idleRssBytes = usageOf(running.pids).rssBytes;
    const m: Measuring = { driver, target: running, size: plan.size, answered: 0, idleRssBytes, peakRssBytes: 0 };
    for (const row of ROWS) {
      if (!plan.rows.includes(row.name) || row.applies?.(running) === false) continue;
      if (report.failed.has(`${target.name} ${row.name}`)) continue;
      await measureRow(row, m, target, report);
    }
    const problems = (await running.problems?.(m.answered)) ?? [];
    report.faults.push(...problems.map((problem) => `${target.title}, its ledger: ${problem}`));
  } finally {
    await running.stop();
  }
}

async function measureRow(row: Row, m: Measuring, target: Target, report: RunReport): Promise<void> {
  const { results, faults, failed } = report;
  try {
    const values = await row.measure(m);
    for (const { key } of row.figures) {
      const value = values[key];
      if (value !== undefined) addResult(results, `${row.name}.${key}`, target.name, value);
    }
  } catch (error) {
    faults.push(`${target.title}, ${row.name}: ${(error as Error).message}`);
    failed.add(`${target.name} ${row.name}`);
  }
}
