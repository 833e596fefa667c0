// The long form of R09: `bun server/faults/run-hold-leak.ts 10000 [seed]`. Prints its report; exits 1 on any problem.
import { seededRandom } from '../testing/seeded-random.ts';
import { runHoldLeak } from './hold-leak.ts';

const seed = Number(process.argv[3] ?? 1);
const report = await runHoldLeak(Number(process.argv[2] ?? 10_000), seededRandom(seed));
process.stdout.write(`${JSON.stringify({ seed, ...report }, null, 2)}\n`);
process.exitCode = report.problems.length + report.falseRefusals > 0 ? 1 : 0;
