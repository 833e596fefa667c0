// What processes use, from /proc: CPU time and memory of a process and everything it started.
import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts in hundredths of a second wherever Linux runs today. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;

export interface ProcessStat {
  pid: number;
  parent: number;
  /** User and system time, all threads, with children that have ended and were waited for. Microseconds. */
  cpuUs: number;
  rssBytes: number;
}

/** Reads a line of /proc/PID/stat; the name in brackets may hold anything, so it is cut at its last bracket. */
export function parseStat(line: string): ProcessStat {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const number = (index: number) => Number(fields[index - 3]);
  const ticks = number(14) + number(15) + number(16) + number(17);
  return {
    pid: Number.parseInt(line, 10),
    parent: number(4),
    cpuUs: (ticks * 1_000_000) / TICKS_PER_SECOND,
    rssBytes: number(24) * PAGE_BYTES,
  };
}

/** The processes named and all that came from them, of a list of all. */
export function familyOf(roots: readonly number[], all: readonly ProcessStat[]): ProcessStat[] {
  const family = new Set(roots);
  for (let size = -1; size !== family.size;) {
    size = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return all.filter(({ pid }) => family.has(pid));
}

/** The hard limit of open files, which processes started from here can raise theirs to. */
export function descriptorsMax(limits = readFileSync('/proc/self/limits', 'latin1')): number {
  const [, , hard = ''] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(limits) ?? [];
  return hard === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(hard);
}

export interface Usage {
  cpuUs: number;
  rssBytes: number;
}

export function usageOf(roots: readonly number[]): Usage {
  const family = familyOf(roots, allProcesses());
  const sum = (field: 'cpuUs' | 'rssBytes') => family.reduce((total, stat) => total + stat[field], 0);
  return { cpuUs: sum('cpuUs'), rssBytes: sum('rssBytes') };
}

export const pidsOf = (roots: readonly number[]) => familyOf(roots, allProcesses()).map(({ pid }) => pid);

function allProcesses(): ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'))];
      } catch {
        // It ended while the list was read.
        return [];
      }
    });
}
