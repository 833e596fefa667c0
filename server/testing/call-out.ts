// A process of its own for outbound.tls.test.ts: which authorities are trusted is decided when a process starts.
// Arguments: what DNS answers for every name, then the addresses to call in turn. Prints one JSON line.
import { createCheckedFetch } from '../lib/outbound.ts';

const [ip = '', ...urls] = process.argv.slice(2);
const call = createCheckedFetch(async () => [ip]);
const answers: string[] = [];
for (const url of urls) {
  try {
    answers.push(await (await call(url, {}, { allowPrivate: true })).text());
  } catch (error) {
    answers.push((error as { code?: string }).code ?? String(error));
  }
}
process.stdout.write(JSON.stringify(answers));
