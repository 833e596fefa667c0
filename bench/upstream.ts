// The mock upstream, a process of its own: raw sockets and prepared bytes, so that it costs little beside a gateway.
import type { Socket } from 'bun';

import { type Format, IDLE_MARK, MODEL } from './answers.ts';
import { FORMAT_ANSWERS, type FormatAnswer, formatAt } from './formats.ts';

/** Between two chunks of a stream, milliseconds. */
const CHUNK_EVERY_MS = 5;
const REQUEST_MAX_BYTES = 1_000_000;

interface Peer {
  /** Bytes of a request that is not complete. */
  partial: Buffer | undefined;
  /** Bytes the system did not take yet. */
  unsent: Buffer | undefined;
}
type Client = Socket<Peer>;

const framed = (text: string) => Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
const json = (text: string) =>
  Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
const STREAM_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';

const MODELS = json(JSON.stringify({ object: 'list', data: [{ id: MODEL, object: 'model' }] }));

/** Prepared bytes of one format. */
interface Prepared {
  whole: Buffer;
  frames: Buffer[];
}

function prepared({ whole, events }: FormatAnswer): Prepared {
  const frames = events.map(framed);
  frames[0] = Buffer.concat([Buffer.from(STREAM_HEAD), frames[0]!]);
  frames.push(Buffer.concat([frames.pop()!, Buffer.from('0\r\n\r\n')]));
  return { whole: json(whole), frames };
}

const ANSWERS: Record<Format, Prepared> = {
  chat: prepared(FORMAT_ANSWERS.chat),
  messages: prepared(FORMAT_ANSWERS.messages),
  responses: prepared(FORMAT_ANSWERS.responses),
};
const REST = Buffer.concat(ANSWERS.chat.frames.slice(1));

/** Streams by the millisecond of their turn, so that they do not all speak at once. */
const turns: Map<Client, { frames: Buffer[]; next: number }>[] = Array.from(
  { length: CHUNK_EVERY_MS },
  () => new Map(),
);
const idle = new Set<Client>();
const counts = { whole: 0, streams: 0, idle: 0 };
let now = 0;

function send(socket: Client, bytes: Buffer): void {
  const { unsent } = socket.data;
  if (unsent) return void (socket.data.unsent = Buffer.concat([unsent, bytes]));
  const written = Math.max(0, socket.write(bytes));
  if (written < bytes.length) socket.data.unsent = bytes.subarray(written);
}

function tick(): void {
  const due = turns[now % CHUNK_EVERY_MS]!;
  now += 1;
  for (const [socket, turn] of due) {
    send(socket, turn.frames[turn.next]!);
    turn.next += 1;
    if (turn.next === turn.frames.length) due.delete(socket);
  }
}

function forget(socket: Client): void {
  for (const due of turns) due.delete(socket);
  idle.delete(socket);
}

function answer(socket: Client, head: string, body: string): void {
  if (head.startsWith('GET')) return send(socket, control(head));
  const { whole, frames } = ANSWERS[formatAt(head)];
  if (!/"stream":\s*true/.test(body)) {
    counts.whole += 1;
    return send(socket, whole);
  }
  send(socket, frames[0]!);
  if (body.includes(IDLE_MARK)) {
    counts.idle += 1;
    idle.add(socket);
    return;
  }
  // The turn that was just taken: the next chunk comes in CHUNK_EVERY_MS.
  turns[(now + CHUNK_EVERY_MS - 1) % CHUNK_EVERY_MS]!.set(socket, { frames, next: 1 });
  counts.streams += 1;
}

function control(head: string): Buffer {
  if (head.startsWith('GET /bench/release')) {
    const released = idle.size;
    for (const socket of idle) send(socket, REST);
    idle.clear();
    return json(JSON.stringify({ released }));
  }
  if (head.startsWith('GET /bench/counts')) return json(JSON.stringify({ ...counts, open: idle.size }));
  return MODELS;
}

/** Where the first request in these bytes ends and what its body is; undefined = not all of it is there. */
function firstRequest(bytes: Buffer): { head: string; body: string; end: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const start = headEnd + 4;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const end = start + Number(length);
    return end <= bytes.length ? { head, body: bytes.toString('latin1', start, end), end } : undefined;
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { head, body: '', end: start };
  const last = bytes.indexOf('\r\n0\r\n\r\n', start);
  return last < 0 ? undefined : { head, body: bytes.toString('latin1', start, last), end: last + 7 };
}

const server = Bun.listen<Peer>({
  hostname: '127.0.0.1',
  port: 0,
  socket: {
    open(socket) {
      socket.data = { partial: undefined, unsent: undefined };
      socket.setNoDelay(true);
    },
    data(socket, received) {
      let bytes = socket.data.partial ? Buffer.concat([socket.data.partial, received]) : received;
      for (let request = firstRequest(bytes); request; request = firstRequest(bytes)) {
        answer(socket, request.head, request.body);
        bytes = bytes.subarray(request.end);
        if (bytes.length === 0) break;
      }
      if (bytes.length > REQUEST_MAX_BYTES) return void socket.end();
      socket.data.partial = bytes.length > 0 ? Buffer.from(bytes) : undefined;
    },
    drain(socket) {
      const { unsent } = socket.data;
      socket.data.unsent = undefined;
      if (unsent) send(socket, unsent);
    },
    close: forget,
    error: forget,
  },
});
setInterval(tick, 1);
process.on('disconnect', () => process.exit());
process.send?.({ port: server.port });
