// R03 and R04 of the money rules: power cuts and failing disks, in a process of its own.
import { Database } from 'bun:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdir, mkdtemp, open as openFile, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

import { seededRandom } from '../testing/seeded-random.ts';
import { checkInvariants } from './invariants.ts';
import { openTestLedger } from './sqlite-ledger.fixtures.ts';
import { diskFaults, type DiskProcess, startDiskProcess, type Unsynced } from './testing/disk.ts';

const { EIO, ENOSPC } = constants.errno;
const CUTS = 20;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hallpass-disk-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

// Needs Linux and a C compiler (`cc`): counted as skipped where there is none.
describe.skipIf(!diskFaults)('a power cut (R03)', () => {
  test.each(['full', 'normal'] as const)(
    'with LEDGER_SYNC=%s',
    async (sync) => {
      await using child = await startDiskProcess(folder, sync);
      const random = seededRandom(7);
      let unsyncedSeen = 0;
      for (let cut = 0; cut < CUTS; cut += 1) {
        await Bun.sleep(10 + random() * 60);
        await child.freeze();
        const copy = await child.copyTo(await subfolder(`cut${cut}`));
        const unsynced = child.unsynced();
        unsyncedSeen += unsynced.length;
        const said = [...child.lines];
        child.resume();
        await loseUnsynced(copy, unsynced, random);
        const problems = await startAgain(copy, sync === 'full' ? said : []);
        expect({ cut, problems }).toEqual({ cut, problems: [] });
      }
      // Otherwise the cuts have cut nothing.
      expect(unsyncedSeen).toBeGreaterThan(CUTS);
      expect(child.lines.length).toBeGreaterThan(CUTS);
    },
    60_000,
  );

  test('in full mode every step is synced before it is answered; in normal mode the log is not', async () => {
    const { done, steps } = await countSyncs('full');
    // The count may begin between a sync and the line that tells of it: one step, for one call runs at a time.
    expect(done).toBeGreaterThanOrEqual(steps - 1);
    const normal = await countSyncs('normal');
    expect(normal.done).toBeLessThan(normal.steps / 10);
  }, 30_000);

  /** One call at a time, so that no commit serves two steps. */
  async function countSyncs(sync: 'full' | 'normal'): Promise<{ done: number; steps: number }> {
    await using child = await startDiskProcess(await subfolder(sync), sync, 1);
    const before = child.syncs().done;
    const from = child.lines.length;
    while (child.lines.length < from + 200) await Bun.sleep(5);
    await child.freeze();
    return { done: child.syncs().done - before, steps: child.lines.length - from };
  }
});

describe.skipIf(!diskFaults)('a failing disk (R04)', () => {
  test.each([
    ['syncs fail', { sync: EIO }],
    ['writes fail', { write: EIO }],
    ['the disk is full', { write: ENOSPC }],
    ['writes are cut short', { write: ENOSPC, shortAfter: 1_000 }],
  ])(
    '%s: nothing is acknowledged, nothing acknowledged is lost, and it goes on by itself',
    async (_, how) => {
      await using child = await startDiskProcess(folder, 'full');
      await until(() => child.lines.length > 50);
      child.fail(how);
      await until(() => count(child, 'U') > 20);
      const acknowledged = child.lines.filter(isAcknowledged).length;
      await Bun.sleep(300);
      expect(child.lines.filter(isAcknowledged).length).toBe(acknowledged);
      child.fail({});
      await until(() => child.lines.filter(isAcknowledged).length > acknowledged + 50);
      const openedBefore = child.lines.filter((line) => line.startsWith('O ')).map((line) => line.slice(2));
      await until(() => openedBefore.every((id) => child.lines.some((line) => line.startsWith(`S ${id} `))));
      await child.kill();
      expect(await startAgain(join(folder, 'hallpass.db'), child.lines)).toEqual([]);
    },
    30_000,
  );

  test('killed while the disk fails, with everything unsynced lost: nothing acknowledged is lost', async () => {
    await using child = await startDiskProcess(folder, 'full');
    await until(() => child.lines.length > 50);
    child.fail({ sync: EIO });
    await until(() => child.syncs().failed > 3);
    await child.freeze();
    const copy = await child.copyTo(await subfolder('copy'));
    await loseUnsynced(copy, child.unsynced(), () => 0.5);
    expect(await startAgain(copy, child.lines)).toEqual([]);
  }, 30_000);
});

function isAcknowledged(line: string): boolean {
  return line.startsWith('O ') || line.startsWith('S ');
}

function count({ lines }: DiskProcess, kind: string): number {
  return lines.filter((line) => line.startsWith(`${kind} `)).length;
}

async function until(done: () => boolean): Promise<void> {
  const end = performance.now() + 15_000;
  while (!done()) {
    if (performance.now() > end) throw new Error('waited in vain');
    await Bun.sleep(10);
  }
}

async function subfolder(name: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  return path;
}

/** Keeps, empties or garbles each unsynced part. */
async function loseUnsynced(db: string, parts: Unsynced[], random: () => number): Promise<void> {
  await using files = new AsyncDisposableStack();
  const handles = { db: files.use(await openFile(db, 'r+')), wal: files.use(await openFile(`${db}-wal`, 'r+')) };
  for (const { file, offset, length } of parts) {
    const fate = random();
    if (fate < 0.25) continue;
    const bytes = new Uint8Array(length).fill(fate > 0.6 ? Math.floor(random() * 256) : 0);
    await handles[file].write(bytes, 0, length, offset);
  }
}

/** The next start on these files. @returns what is wrong with them. */
async function startAgain(path: string, said: readonly string[]): Promise<string[]> {
  const { ledger, handle } = await openTestLedger(path);
  await ledger.recover(Date.now());
  const problems = [...(await checkInvariants(handle.raw)), ...missing(path, said)];
  await handle.close();
  return problems;
}

/** Compares the rows with what the dead process had told its callers. */
function missing(path: string, said: readonly string[]): string[] {
  const db = new Database(path, { readonly: true });
  const [integrity] = db.query<{ integrity_check: string }, []>('pragma integrity_check').all();
  const rows = db
    .query<{ id: string; state: string; cost: number }, []>('select id, state, cost_nanos as cost from calls')
    .all();
  db.close();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const problems = integrity?.integrity_check === 'ok' ? [] : [`integrity check: ${integrity?.integrity_check}`];
  for (const line of said) {
    const [kind, id = '', cost] = line.split(' ');
    const row = byId.get(id);
    if (kind === 'O' && !row) problems.push(`call ${id} was opened and is gone`);
    if (kind === 'S' && (row?.state !== 'settled' || row.cost !== Number(cost))) {
      problems.push(`call ${id} was settled at ${cost} and is ${JSON.stringify(row)}`);
    }
  }
  return problems;
}
