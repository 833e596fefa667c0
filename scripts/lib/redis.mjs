// The Redis that the tests start: from the path, or, as root on Debian or Ubuntu, from the system's packages.
import { findProgram, installPackages } from './system.mjs';

/** @returns the program's path. Throws a sentence when this machine has none. */
export async function prepareRedis() {
  const names = ['redis-server', 'valkey-server'];
  if (!findProgram(...names)) await installPackages('redis-server');
  const program = findProgram(...names);
  if (!program) throw new Error('redis-server (or valkey-server) is not on the path.');
  return program;
}
