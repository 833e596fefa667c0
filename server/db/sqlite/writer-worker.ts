// The writer thread's entry: receives batches of operations and answers them.
import { decodeOps, encodeResults, type FromWriter, type ToWriter } from './wire.ts';
import { WriterLoop } from './writer-loop.ts';

declare const self: Worker;

let loop: WriterLoop | undefined;

const send = (message: FromWriter): void => self.postMessage(message);

self.onmessage = ({ data }: MessageEvent<ToWriter>) => {
  if (typeof data === 'string' || Array.isArray(data)) return loop?.receive(decodeOps(data));
  try {
    loop = new WriterLoop(data.start, (results) => send(encodeResults(results)));
    send({ started: true });
  } catch (error) {
    send({ failed: error instanceof Error ? error.message : String(error) });
  }
};
