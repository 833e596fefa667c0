// `node scripts/bun.mjs server/faults/run-poison.ts [bodies] [seed]`: a hundred thousand unless told.
import { runPoison } from './poison.ts';

const [bodies = 100_000, seed = 24] = process.argv.slice(2).map(Number);
const report = await runPoison(bodies, seed);
process.stdout.write(`${JSON.stringify({ ...report, faults: report.faults.slice(0, 50) }, null, 2)}\n`);
process.exit(report.faults.length === 0 && report.lagMs < 200 ? 0 : 1);
