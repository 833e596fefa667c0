// `npm run build`: the web pages, ready to be served; `npm start` does the same by itself.
import './lib/node-version.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { ensureWebBuilt } from './lib/web-build.mjs';

try {
  await ensureInstalled();
  await ensureWebBuilt();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
