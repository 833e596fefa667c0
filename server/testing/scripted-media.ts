// A pretend upstream for pictures, speech, transcripts and ranking, for tests and labelled as such, with a journal.

type Fields = Record<string, unknown>;

export interface MediaUpstream extends Disposable {
  /** `http://127.0.0.1:PORT/v1` */
  baseUrl: string;
  journal: { path: string; fields: Fields; headers: Record<string, string> }[];
  /** What the next answers are, instead of good ones. */
  script: { status?: number; body?: string; contentType?: string; delayMs?: number };
}

/** What it says of a text read aloud: bytes that are no text. */
export const SOUND = new Uint8Array([0xff, 0xfb, 0x90, 0x00, 0x80, 0x0a, 0xc3]);
export const TRANSCRIPT = { text: 'Hello from the recording.', usage: { type: 'duration', seconds: 7.2 } };

export function startMediaUpstream(): MediaUpstream {
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const path = new URL(request.url).pathname;
      const isForm = request.headers.get('content-type')?.startsWith('multipart/') === true;
      const fields = isForm ? await formFields(request) : ((await request.json()) as Fields);
      upstream.journal.push({ path, fields, headers: Object.fromEntries(request.headers) });
      const { status = 200, body, contentType = 'application/json', delayMs } = upstream.script;
      if (delayMs) await Bun.sleep(delayMs);
      if (status !== 200) return Response.json({ error: { message: `scripted ${status}` } }, { status });
      if (body !== undefined) return new Response(body, { headers: { 'content-type': contentType } });
      return answer(path, fields);
    },
  });
  const upstream: MediaUpstream = {
    baseUrl: `http://127.0.0.1:${server.port}/v1`,
    journal: [],
    script: {},
    [Symbol.dispose]: () => void server.stop(true),
  };
  return upstream;
}

/** Files as `name:type:bytes in hex`; names that come more than once as lists. */
async function formFields(request: Request): Promise<Fields> {
  const fields: Record<string, string[]> = {};
  for (const [name, value] of (await request.formData()).entries() as Iterable<[string, string | File]>) {
    const shown =
      typeof value === 'string'
        ? value
        : `${value.name}:${value.type}:${Buffer.from(await value.arrayBuffer()).toString('hex')}`;
    (fields[name] ??= []).push(shown);
  }
  return Object.fromEntries(
    Object.entries(fields).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
}

function answer(path: string, fields: Fields): Response {
  if (path.startsWith('/v1/images/')) {
    const data = Array.from({ length: Number(fields.n ?? 1) }, () => ({ b64_json: 'iVBORw0KGgo=' }));
    return Response.json({ created: 7, data, usage: { total_tokens: 100, input_tokens: 40, output_tokens: 60 } });
  }
  if (path === '/v1/audio/speech') return new Response(SOUND, { headers: { 'content-type': 'audio/mpeg' } });
  if (path === '/v1/audio/transcriptions') return Response.json(TRANSCRIPT);
  const documents = fields.documents as unknown[];
  return Response.json({
    id: 'rr_1',
    model: fields.model,
    results: documents.map((_, index) => ({ index, relevance_score: 1 - index / 100 })),
  });
}
