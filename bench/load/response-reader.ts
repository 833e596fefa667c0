// Reads one HTTP/1.1 response from the pieces it arrives in: length, chunks, or until the connection ends.

const HEAD_END = '\r\n\r\n';

export class ResponseReader {
  status = 0;
  body = '';
  complete = false;
  /** The other side will close after this response. */
  closes = false;
  private headText = '';
  private inBody = false;
  /** Bytes of the body, or of the chunk, still to come; -1 = until the connection ends. */
  private left = 0;
  private chunked = false;
  private chunkLine = '';
  private phase: 'size' | 'data' | 'after-data' | 'trailer' = 'size';

  get bodyStarted(): boolean {
    return this.body.length > 0;
  }

  get endsWithConnection(): boolean {
    return this.inBody && this.left === -1;
  }

  /** Bytes after the end of the response are not expected: one request at a time is in flight. */
  push(bytes: Buffer): void {
    const text = bytes.toString('latin1');
    if (this.inBody) return this.readBody(text);
    this.headText += text;
    const end = this.headText.indexOf(HEAD_END);
    if (end < 0) return;
    const rest = this.headText.slice(end + HEAD_END.length);
    this.readHead(this.headText.slice(0, end));
    if (this.inBody) this.readBody(rest);
    else this.push(Buffer.from(rest, 'latin1'));
  }

  private readHead(head: string): void {
    this.status = Number(head.slice(9, 12));
    // An interim response such as 103: the one that counts follows.
    if (this.status < 200) return void (this.headText = '');
    this.inBody = true;
    this.closes = /\r\nconnection: *close/i.test(head);
    this.chunked = /\r\ntransfer-encoding: *chunked/i.test(head);
    if (this.chunked) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.left = length === undefined ? -1 : Number(length);
    this.complete = this.left === 0;
  }

  private readBody(text: string): void {
    if (this.chunked) return this.readChunks(text);
    this.body += text;
    if (this.left === -1) return;
    this.left -= text.length;
    if (this.left <= 0) this.complete = true;
  }

  private readChunks(text: string): void {
    let at = 0;
    while (at < text.length && !this.complete) {
      if (this.phase === 'data') {
        const part = text.slice(at, at + this.left);
        this.body += part;
        this.left -= part.length;
        at += part.length;
        if (this.left === 0) this.phase = 'after-data';
        continue;
      }
      const lineEnd = text.indexOf('\n', at);
      if (lineEnd < 0) return void (this.chunkLine += text.slice(at));
      this.readLine((this.chunkLine + text.slice(at, lineEnd)).trimEnd());
      this.chunkLine = '';
      at = lineEnd + 1;
    }
  }

  private readLine(line: string): void {
    if (this.phase === 'after-data') this.phase = 'size';
    else if (this.phase === 'trailer') this.complete = line === '';
    else {
      this.left = Number.parseInt(line, 16);
      this.phase = this.left === 0 ? 'trailer' : 'data';
    }
  }
}
