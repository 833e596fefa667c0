// The reverse proxies that the tests start: from the path, or, as root on Debian or Ubuntu, from the system's packages.
import { findProgram, installPackages } from './system.mjs';

/** @returns the settings that name them; a test of one that this machine cannot have is skipped. */
export async function prepareProxies() {
  // The places of programs for the system are not on every user's path.
  const find = (name) => findProgram(name, `../sbin/${name}`);
  if (!find('nginx') || !find('haproxy')) await installPackages('nginx', 'haproxy');
  return { TEST_NGINX: find('nginx') ?? '', TEST_HAPROXY: find('haproxy') ?? '' };
}
