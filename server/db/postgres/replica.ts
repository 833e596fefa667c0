// Who this process is among the server processes that share a PostgreSQL database.
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process that has not been heard of for so long counts as dead. */
export const LEASE_MS = 10_000;
/** SQL: the database's own clock, which all replicas share. */
export const NOW_MS = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

export interface Replica {
  id: string;
  host: string;
  pid: number;
}

export function thisReplica(): Replica {
  return { id: `replica_${Bun.randomUUIDv7()}`, host: thisHost(), pid: process.pid };
}

/** Another process is known to be gone, without waiting for its lease: it ran in this place and does not any more. */
export function isGone(other: Replica, me: Replica): boolean {
  if (other.host !== me.host || other.id === me.id) return false;
  return other.pid === me.pid || !isRunning(other.pid);
}

/**
 * Within one value, a process number names one living process. Containers on one machine may share its name, so
 * their own spaces of process numbers are part of it.
 */
function thisHost(): string {
  const read = (what: () => string): string => {
    try {
      return what().trim();
    } catch {
      return '';
    }
  };
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  const space = read(() => readlinkSync('/proc/self/ns/pid'));
  return [hostname(), boot, space].join(' ').trim();
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== 'ESRCH';
  }
}
