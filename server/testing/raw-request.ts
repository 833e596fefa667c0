// Sends bytes as they are over a socket: what no HTTP client would let a test send.
import { connect } from 'node:net';

export interface RawReply {
  /** 0 when the server closed the connection without a word. */
  status: number;
  text: string;
}

/** @param head the request line and headers without the empty line; `connection: close` is added. */
export function sendRaw(port: number, head: string | Uint8Array, timeoutMs = 5_000): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error('no answer')));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') finish();
      else reject(error);
    });
    socket.on('close', () => finish());
    const finish = () => {
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text });
    };
    socket.write(head);
    socket.write('\r\nconnection: close\r\n\r\n');
  });
}
