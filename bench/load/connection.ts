// One keep-alive HTTP/1.1 connection on a raw socket: sends a prepared request and tells when the answer is complete.
import type { Socket } from 'bun';

import { ResponseReader } from './response-reader.ts';

export interface Answer {
  /** 0 = the connection failed or was cut; `body` then says how. */
  status: number;
  body: string;
  startedAt: number;
  /** Of the body, not of the head. */
  firstByteAt: number;
  endedAt: number;
}

export interface Address {
  hostname: string;
  port: number;
}

/** One request at a time. Connects when it has to, also after the other side closed. */
export class Connection {
  private socket: Socket | undefined;
  private reader = new ResponseReader();
  private done: ((answer: Answer) => void) | undefined;
  private startedAt = 0;
  private firstByteAt = 0;
  onFirstByte: (() => void) | undefined;

  constructor(private readonly address: Address) {}

  get busy(): boolean {
    return this.done !== undefined;
  }

  /** Resolves once there is a socket; what fails here fails the next request. */
  async connect(): Promise<void> {
    if (this.socket) return;
    this.socket = await Bun.connect({
      ...this.address,
      socket: {
        data: (_, bytes) => this.read(bytes),
        close: (socket) => this.closed(socket),
        error: (socket) => this.closed(socket),
        end: (socket) => void socket.end(),
      },
    });
    this.socket.setNoDelay(true);
  }

  send(request: Buffer, done: (answer: Answer) => void): void {
    this.done = done;
    this.startedAt = performance.now();
    this.firstByteAt = 0;
    this.reader = new ResponseReader();
    if (this.socket) return this.write(request);
    this.connect().then(
      () => this.write(request),
      (error: Error) => this.finish(0, error.message),
    );
  }

  close(): void {
    this.socket?.end();
    this.socket = undefined;
  }

  private write(request: Buffer): void {
    const written = this.socket?.write(request);
    if (written !== request.length) this.finish(0, 'the request could not be written at once');
  }

  private read(bytes: Buffer): void {
    if (!this.done) return;
    const { reader } = this;
    reader.push(bytes);
    if (this.firstByteAt === 0 && reader.bodyStarted) {
      this.firstByteAt = performance.now();
      this.onFirstByte?.();
    }
    if (!reader.complete) return;
    if (reader.closes) this.close();
    this.finish(reader.status, reader.body);
  }

  private closed(socket: Socket): void {
    if (this.socket === socket) this.socket = undefined;
    else return;
    if (!this.done) return;
    if (this.reader.endsWithConnection) this.finish(this.reader.status, this.reader.body);
    else this.finish(0, 'the connection was cut');
  }

  private finish(status: number, body: string): void {
    const { done, startedAt, firstByteAt } = this;
    this.done = undefined;
    const endedAt = performance.now();
    done?.({ status, body, startedAt, firstByteAt: firstByteAt || endedAt, endedAt });
  }
}
