// A process that opens and settles calls until it is killed, and says on standard output what it was told:
// `O <call>` opened, `S <call> <nanos>` settled, `U <call>` refused because the ledger is unavailable.
// Arguments: database file, `full` or `normal`, calls at once.
import { writeSync } from 'node:fs';

import { account, bound, header, open, settle } from '../ledger.fixtures.ts';
import { LedgerUnavailable } from '../ledger.ts';
import { openTestLedger } from '../sqlite-ledger.fixtures.ts';

const [path = '', sync = 'full', atOnce = '8'] = process.argv.slice(2);
const { ledger } = await openTestLedger(path, {
  sync: sync === 'normal' ? 'normal' : 'full',
  busyTimeoutMs: 300,
  durableMaxMs: 2_000,
});
await ledger.recover(Date.now());
const say = (line: string) => writeSync(1, `${line}\n`);

async function openCall(id: string, costNanos: number): Promise<void> {
  const accounts = [account(`p${costNanos % 7}`, 1_000_000_000), account('c', null, { partyKind: 'classroom' })];
  const call = header({ id, promptEstimate: 3 });
  const reply = await ledger.open(open(accounts, bound(100), { call }));
  if (!reply.ok) throw new Error('the test has money enough');
  say(`O ${id}`);
}

async function settleCall(id: string, costNanos: number): Promise<void> {
  for (;;) {
    try {
      const settled = await ledger.settle(settle(id, costNanos));
      say(`S ${id} ${settled.costNanos}`);
      return;
    } catch (error) {
      // It stays queued; asking again only tells when it is done.
      if (!(error instanceof LedgerUnavailable)) throw error;
    }
  }
}

async function worker(name: number): Promise<never> {
  for (let turn = 0; ; turn += 1) {
    const id = `call_${process.pid}_${name}_${turn}`;
    const costNanos = (turn * 13 + name) % 100;
    try {
      await openCall(id, costNanos);
      const settled = settleCall(id, costNanos);
      // One goes on opening while settles are stuck, so that a test can see that it is refused.
      if (name > 0 || atOnce === '1') await settled;
      else await Bun.sleep(10);
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
      say(`U ${id}`);
      await Bun.sleep(10);
    }
  }
}

say('ready');
await Promise.all(Array.from({ length: Number(atOnce) }, (_, name) => worker(name)));
