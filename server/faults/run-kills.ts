// The long form of the kill test: `bun server/faults/run-kills.ts 3000 [seed]`. Prints its report; exits 1 on any loss.
import { seededRandom } from '../testing/seeded-random.ts';
import { runKills } from './kill.ts';

const kills = Number(process.argv[2] ?? 500);
const seed = Number(process.argv[3] ?? 1);
const report = await runKills(kills, seededRandom(seed));
const failed = report.lost.length + report.unheld.length + report.duplicates + report.problems.length;
process.stdout.write(`${JSON.stringify({ seed, ...report, readyMs: spread(report.readyMs) }, null, 2)}\n`);
process.exitCode = failed > 0 ? 1 : 0;

function spread(sorted: number[]): Record<string, number> {
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  return { median: at(0.5), p99: at(0.99), slowest: at(1) };
}
