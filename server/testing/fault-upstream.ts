// A pretend upstream for tests, labelled as such: raw sockets on loopback that misbehave below what an HTTP server can
// be made to send. Its journal of requests is the witness of how often it was asked.
import net from 'node:net';

export interface FaultRequest {
  model: string;
  stream: boolean;
  /** Of this upstream, from 0. */
  n: number;
}

/** Writes the answer, or does not. */
export type Fault = (socket: net.Socket, request: FaultRequest) => void;

export interface FaultUpstream extends Disposable {
  /** `http://127.0.0.1:PORT/v1` */
  baseUrl: string;
  journal: FaultRequest[];
  /** Sockets open now. */
  readonly open: number;
  fault(model: string, fault: Fault): void;
}

export async function startFaultUpstream(): Promise<FaultUpstream> {
  const faults = new Map<string, Fault>();
  const journal: FaultRequest[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    readRequests(socket, ({ model, stream }) => {
      const request = { model, stream, n: journal.length };
      journal.push(request);
      faults.get(model)?.(socket, request);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}/v1`,
    journal,
    get open() {
      return sockets.size;
    },
    fault: (model, fault) => void faults.set(model, fault),
    [Symbol.dispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function readRequests(socket: net.Socket, onRequest: (body: { model: string; stream: boolean }) => void): void {
  let seen = Buffer.alloc(0);
  socket.on('data', (part: Buffer) => {
    seen = Buffer.concat([seen, part]);
    for (;;) {
      const end = seen.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(seen.toString('latin1', 0, end))?.[1] ?? 0);
      if (seen.length < end + 4 + length) return;
      const text = seen.toString('utf8', end + 4, end + 4 + length);
      seen = seen.subarray(end + 4 + length);
      const { model, stream } = JSON.parse(text || '{}') as { model?: unknown; stream?: unknown };
      onRequest({ model: String(model), stream: stream === true });
    }
  });
}

const head = (status: number, headers: Record<string, string>) =>
  `HTTP/1.1 ${status} X\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

/** A whole answer with a right length. */
export const answer =
  (status: number, body: string, headers: Record<string, string> = {}): Fault =>
  (socket) =>
    void socket.write(
      head(status, {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        ...headers,
      }) + body,
    );

/** Exactly these bytes, then the socket is closed. */
export const rawThenClose =
  (text: string): Fault =>
  (socket) =>
    void socket.end(text);

/** The same again and again, as fast as it is taken, until the socket is closed. */
export const flood =
  (before: string, piece: string): Fault =>
  (socket) => {
    socket.write(before);
    const pour = () => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on('drain', pour);
    pour();
  };

/** A stream as these pieces, one write each; closed in order unless told. */
export const stream =
  (pieces: readonly (string | Uint8Array)[], end: 'close' | 'cut' | 'hold' = 'close'): Fault =>
  (socket) => {
    socket.write(head(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }));
    void (async () => {
      for (const piece of pieces) {
        if (socket.destroyed) return;
        const bytes = Buffer.from(piece);
        const frame = Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
        if (!socket.write(frame)) await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
        else await new Promise((resolve) => setImmediate(resolve));
      }
      if (end === 'close') socket.write('0\r\n\r\n');
      // A reset drops what has not been read yet, so it waits until the pieces are.
      if (end === 'cut') setTimeout(() => socket.resetAndDestroy(), 50);
    })();
  };

export const USAGE = { prompt_tokens: 11, completion_tokens: 2, total_tokens: 13 };
export const DONE = 'data: [DONE]\n\n';
export const event = (value: object): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 7, model: 'up', ...value })}\n\n`;
export const word = (content: string, finish_reason: string | null = null): string =>
  event({ choices: [{ index: 0, delta: { content }, finish_reason }] });
export const GOOD_EVENTS: readonly string[] = [
  word('all'),
  word(' well'),
  word('', 'stop'),
  event({ choices: [], usage: USAGE }),
  DONE,
];
export const GOOD_BODY = JSON.stringify({
  id: 'c1',
  object: 'chat.completion',
  created: 7,
  model: 'up',
  choices: [{ index: 0, message: { role: 'assistant', content: 'all well' }, finish_reason: 'stop' }],
  usage: USAGE,
});

/** Answers well, streamed or whole as asked. */
export const good: Fault = (socket, request) =>
  (request.stream ? stream(GOOD_EVENTS) : answer(200, GOOD_BODY))(socket, request);
