// Runs a program attached to this one: signals go through to it, its exit code comes back.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

import { ROOT } from './root.mjs';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Resolves to the exit code; 128 + n when the program died of signal n, as a shell reports it.
 * On Ctrl-C a terminal signals the program too, so it may get the signal more than once.
 * Aborting `stop` asks the program to end.
 */
export function run(command, args, { cwd = ROOT, env = process.env, stdio = 'inherit', stop } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio });
    const forward = (signal) => child.kill(signal);
    stop?.addEventListener('abort', () => child.kill('SIGTERM'));
    for (const signal of FORWARDED) process.on(signal, forward);
    const stopForwarding = () => FORWARDED.forEach((signal) => process.off(signal, forward));
    child.once('error', (error) => {
      stopForwarding();
      reject(error);
    });
    child.once('close', (code, signal) => {
      stopForwarding();
      resolve(signal ? 128 + constants.signals[signal] : code);
    });
  });
}

/** Runs a program quietly; resolves to its exit code and everything it printed. */
export function capture(command, args, { cwd = ROOT, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
