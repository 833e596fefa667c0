// `node scripts/bun.mjs server/faults/run-chaos.ts [calls] [seed]`: ten thousand calls unless told.
import { runChaos } from './chaos.ts';

const [calls = 10_000, seed = 4] = process.argv.slice(2).map(Number);
const report = await runChaos(calls, seed);
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
process.exit(report.wrong.length === 0 ? 0 : 1);
