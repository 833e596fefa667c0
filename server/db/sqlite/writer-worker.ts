// The writer thread's entry: receives batches of operations and answers them.
import type { FromWriter, ToWriter } from './protocol.ts';
import { WriterLoop } from './writer-loop.ts';

declare const self: Worker;

let loop: WriterLoop | undefined;

const send = (message: FromWriter): void => self.postMessage(message);

self.onmessage = ({ data }: MessageEvent<ToWriter>) => {
  if ('ops' in data) return loop?.receive(data.ops);
  try {
    loop = new WriterLoop(data.start, (results) => send({ results }));
    send({ started: true });
  } catch (error) {
    send({ failed: error instanceof Error ? error.message : String(error) });
  }
};
