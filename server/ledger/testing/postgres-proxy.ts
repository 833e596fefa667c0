// A TCP proxy before PostgreSQL that loses a commit at a chosen moment: on its way there, on its way back, or by
// leaving the server's side of the connection open while the client's side is gone.
import { connect, createServer, type Socket } from 'node:net';

export type LostCommit = 'request' | 'answer' | 'half-open';

export interface PostgresProxy extends AsyncDisposable {
  /** The database's address through the proxy. */
  url: string;
  /** The next commit is lost like this. */
  lose(how: LostCommit): void;
  /** Commits lost so far. */
  lost(): number;
  /** While away nobody gets through, and who is through is cut off. */
  setAway(isAway: boolean): void;
}

const COMMIT = Buffer.from('commit\0');

export async function startPostgresProxy(target: string): Promise<PostgresProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let next: LostCommit | undefined;
  let lost = 0;
  let isAway = false;
  const server = createServer((client) => {
    if (isAway) return void client.destroy();
    const upstream = connect(Number(port), hostname);
    let isSwallowing = false;
    let isHalfOpen = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    const cut = () => {
      client.destroy();
      upstream.destroy();
    };
    client.on('data', (bytes: Buffer) => {
      const how = bytes.includes(COMMIT) ? next : undefined;
      if (how === undefined) return void upstream.write(bytes);
      next = undefined;
      lost += 1;
      if (how === 'request') return cut();
      isHalfOpen = how === 'half-open';
      if (isHalfOpen) return void client.destroy();
      isSwallowing = true;
      upstream.write(bytes);
    });
    // The answer is here, so the commit is done: only now it is lost.
    upstream.on('data', (bytes) => (isSwallowing ? cut() : client.write(bytes)));
    upstream.on('close', () => client.destroy());
    client.on('close', () => isHalfOpen || upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as { port: number };
  return {
    url: Object.assign(new URL(target), { host: `127.0.0.1:${own}` }).href,
    lose: (how) => void (next = how),
    lost: () => lost,
    setAway: (away) => {
      isAway = away;
      if (away) for (const socket of sockets) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
