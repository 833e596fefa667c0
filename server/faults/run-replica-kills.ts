// The long form of R02: `node scripts/bun.mjs server/faults/run-replica-kills.ts 300 [seed]`. Prints its report;
// exits 1 on any loss.
import { seededRandom } from '../testing/seeded-random.ts';
import { runReplicaKills } from './replica-kills.ts';

const kills = Number(process.argv[2] ?? 300);
const seed = Number(process.argv[3] ?? 1);
const report = await runReplicaKills(kills, seededRandom(seed));
const { lost, unheld, duplicates, open, problems, backMs } = report;
const failed = lost.length + unheld.length + duplicates + open + problems.length;
const at = (share: number) => Math.round(backMs[Math.floor((backMs.length - 1) * share)] ?? 0);
const spread = { median: at(0.5), p99: at(0.99), slowest: at(1) };
process.stdout.write(`${JSON.stringify({ seed, ...report, backMs: spread }, null, 2)}\n`);
process.exitCode = failed > 0 ? 1 : 0;
