// A file that came in a form: kept whole until it has left for the upstream, and told of by its hash anywhere else.

export class Upload {
  constructor(
    readonly name: string,
    readonly type: string,
    readonly bytes: Uint8Array<ArrayBuffer>,
  ) {}

  /** What a log or a hash of the request sees of it. */
  toJSON(): Record<string, unknown> {
    const sha256 = new Bun.CryptoHasher('sha256').update(this.bytes).digest('hex');
    return { name: this.name, type: this.type, bytes: this.bytes.byteLength, sha256 };
  }
}

const isFile = (value: unknown): boolean =>
  Array.isArray(value) ? value.some((one) => one instanceof Upload) : value instanceof Upload;

/** A body of its own that nobody else can change: JSON, with its files. */
export function copyBody(body: unknown): unknown {
  const copied = JSON.parse(JSON.stringify(body)) as unknown;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return copied;
  const files = Object.entries(body).filter(([, value]) => isFile(value));
  const copyFile = (value: unknown) =>
    value instanceof Upload ? new Upload(value.name, value.type, value.bytes.slice()) : value;
  for (const [name, value] of files)
    (copied as Record<string, unknown>)[name] = Array.isArray(value) ? value.map(copyFile) : copyFile(value);
  return copied;
}

/** The same form for an upstream; lists become entries of one name. */
export function formOf(fields: Readonly<Record<string, unknown>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields))
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value])
      if (one instanceof Upload) form.append(name, new File([one.bytes], one.name, { type: one.type }));
      else form.append(name, String(one));
  return form;
}
