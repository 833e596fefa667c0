// A process of its own for slow-readers.test.ts, so that what the gateway's process holds is the gateway's: an upstream
// that streams, and clients that ask and do not read. Takes JSON lines, writes JSON lines.
import net from 'node:net';

export interface SlowOrder {
  url: string;
  key: string;
  model: string;
  readers: number;
}

export interface SlowState {
  port: number;
  /** Bytes the upstream was rid of. */
  sent: number;
  /** Answers under way. */
  open: number;
}

const WORD = 'x'.repeat(10_000);
const EVENTS = 3_000;

const state = { sent: 0 };
const open = new Set<object>();
const event = new TextEncoder().encode(
  `data: ${JSON.stringify({ id: 'c', created: 1, model: 'm', choices: [{ index: 0, delta: { content: WORD } }] })}\n\n`,
);

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  idleTimeout: 0,
  fetch(request) {
    const under = {};
    open.add(under);
    request.signal.addEventListener('abort', () => open.delete(under));
    async function* events() {
      try {
        for (let i = 0; i < EVENTS; i += 1) {
          state.sent += event.byteLength;
          yield event;
          if (i % 20 === 0) await Bun.sleep(1);
        }
      } finally {
        // A closed connection shows as the one or the other.
        open.delete(under);
      }
    }
    return new Response(events() as never, { headers: { 'content-type': 'text/event-stream' } });
  },
});

function ask({ url, key, model }: SlowOrder): void {
  const { port, hostname } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  socket.on('error', () => {}).pause();
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'hi' }] });
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n`;
  socket.write(`${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
}

const say = () =>
  process.stdout.write(`${JSON.stringify({ port: server.port!, ...state, open: open.size } satisfies SlowState)}\n`);
say();
setInterval(say, 100);
for await (const line of console) {
  const order = JSON.parse(line) as SlowOrder;
  for (let i = 0; i < order.readers; i += 1) ask(order);
}
