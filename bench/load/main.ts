// The load generator, a process of its own: does one piece of work at a time and answers with what came of it.
import { Connection } from './connection.ts';
import { Tally } from './tally.ts';
import type { Ask, Outcome, Work } from './work.ts';

/** Longer than any gateway's right answer; a call that hangs must not hang the run. */
const GIVE_UP_MS = 60_000;
const RATE_CONNECTIONS_MAX = 512;
const HOLD_WAIT_MS = 30_000;

/** The streams that `hold` opened and `release` ends. */
let held: { tally: Tally; connections: Connection[]; pending: Promise<void>[] } | undefined;

function requestsOf({ path, port, callers, body }: Ask): Buffer[] {
  return callers.map((headers) => {
    const all = { Host: `127.0.0.1:${port}`, 'Content-Type': 'application/json', ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.from(
      `POST ${path} HTTP/1.1\r\n${lines.join('')}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
}

const connectionTo = ({ port }: Ask) => new Connection({ hostname: '127.0.0.1', port });

/** Every connection asks again as soon as it is answered; what runs at the end is waited for. */
async function closedLoop(ask: Ask, count: number, durationMs: number): Promise<Outcome> {
  const requests = requestsOf(ask);
  const connections = Array.from({ length: count }, () => connectionTo(ask));
  await Promise.all(connections.map((connection) => connection.connect()));
  const tally = new Tally(ask);
  const until = performance.now() + durationMs;
  let next = 0;
  const loop = (connection: Connection, ended: () => void) => {
    const send = () =>
      connection.send(requests[next++ % requests.length]!, (answer) => {
        tally.add(answer);
        // A target that refuses connections is not asked in a tight loop.
        if (performance.now() >= until) ended();
        else if (answer.status === 0) setTimeout(send, 50);
        else send();
      });
    send();
  };
  await Promise.all(connections.map((connection) => new Promise<void>((ended) => loop(connection, ended))));
  const outcome = tally.outcome();
  for (const connection of connections) connection.close();
  return outcome;
}

/** Calls at fixed times whatever became of the earlier ones; a call's time runs from when it was due to be sent. */
async function atRate(ask: Ask, perSecond: number, durationMs: number): Promise<Outcome> {
  const requests = requestsOf(ask);
  const tally = new Tally(ask);
  const free: Connection[] = [];
  let made = 0;
  const pending: Promise<void>[] = [];
  const total = Math.round((perSecond * durationMs) / 1000);
  const startedAt = performance.now();
  const sendOne = (n: number) => {
    const connection = free.pop() ?? (made++ < RATE_CONNECTIONS_MAX ? connectionTo(ask) : undefined);
    if (!connection) return tally.addWrong('every connection was busy: the target does not hold this rate');
    pending.push(
      new Promise((resolve) =>
        connection.send(requests[n % requests.length]!, (answer) => {
          tally.add(answer);
          free.push(connection);
          resolve();
        }),
      ),
    );
  };
  for (let sent = 0; sent < total; await Bun.sleep(1)) {
    const due = Math.min(total, Math.ceil(((performance.now() - startedAt) * perSecond) / 1000));
    while (sent < due) sendOne(sent++);
  }
  await Promise.all(pending);
  for (const connection of free) connection.close();
  return tally.outcome();
}

/** A class that presses Send: new connections, evenly over the time. */
async function burst(ask: Ask, calls: number, withinMs: number): Promise<Outcome> {
  const requests = requestsOf(ask);
  const tally = new Tally(ask);
  await Promise.all(
    Array.from({ length: calls }, async (_, n) => {
      await Bun.sleep((n * withinMs) / calls);
      const connection = connectionTo(ask);
      await new Promise<void>((resolve) =>
        connection.send(requests[n % requests.length]!, (answer) => {
          tally.add(answer);
          resolve();
        }),
      );
      connection.close();
    }),
  );
  return tally.outcome();
}

/** Opens streams and waits until each has said its first word. They stay open until `release`. */
async function hold(ask: Ask, streams: number, perSecond: number): Promise<Outcome> {
  const requests = requestsOf(ask);
  const tally = new Tally(ask);
  const connections: Connection[] = [];
  const pending: Promise<void>[] = [];
  const begun: Promise<void>[] = [];
  for (let n = 0; n < streams; n++) {
    const connection = connectionTo(ask);
    connections.push(connection);
    begun.push(
      new Promise((resolve) => {
        connection.onFirstByte = resolve;
        pending.push(
          new Promise((ended) =>
            connection.send(requests[n % requests.length]!, (answer) => {
              tally.add(answer);
              resolve();
              ended();
            }),
          ),
        );
      }),
    );
    if (n % 20 === 19) await Bun.sleep(20_000 / perSecond);
  }
  await Promise.race([Promise.all(begun), Bun.sleep(HOLD_WAIT_MS)]);
  held = { tally, connections, pending };
  return tally.outcome();
}

async function release(waitMs: number): Promise<Outcome> {
  if (!held) throw new Error('no streams are held');
  const { tally, connections, pending } = held;
  await Promise.race([Promise.all(pending), Bun.sleep(waitMs)]);
  for (const connection of connections) if (connection.busy) tally.addWrong('the stream never ended');
  const outcome = tally.outcome();
  for (const connection of connections) connection.close();
  held = undefined;
  return outcome;
}

function perform(work: Work): Promise<Outcome> {
  switch (work.kind) {
    case 'closed':
      return closedLoop(work.ask, work.connections, work.durationMs);
    case 'rate':
      return atRate(work.ask, work.perSecond, work.durationMs);
    case 'burst':
      return burst(work.ask, work.calls, work.withinMs);
    case 'hold':
      return hold(work.ask, work.streams, work.perSecond);
    case 'release':
      return release(work.waitMs);
  }
}

process.on('message', (work: Work) => {
  const late = setTimeout(
    () => {
      process.send?.({ id: work.id, error: 'the work did not end in time' });
      process.exit(1);
    },
    GIVE_UP_MS + ('durationMs' in work ? work.durationMs : 0),
  );
  perform(work)
    .then((outcome) => process.send?.({ id: work.id, outcome }))
    .catch((error: Error) => process.send?.({ id: work.id, error: error.message }))
    .finally(() => clearTimeout(late));
});
process.on('disconnect', () => process.exit());
process.send?.({ ready: true });
