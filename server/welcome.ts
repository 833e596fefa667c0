// What a person sees in the terminal: where to go and what to do first. Everything else is the log.
import { networkInterfaces } from 'node:os';

import { type Config, SETTINGS } from './config.ts';

export interface Welcome {
  config: Config;
  port: number;
  /** The path of the one-time link that makes the first administrator, while there is none. */
  setupPath: string | undefined;
  /** The demo model's name while no channel exists. */
  demoModel: string | undefined;
}

export function welcomeText({ config, port, setupPath, demoModel }: Welcome): string {
  const addresses = serverAddresses(config, port, lanAddresses());
  const lines = ['', 'Hallpass is ready.', '', ...addresses.map((address) => `  ${address}`)];
  if (setupPath)
    lines.push('', 'Make yourself the administrator (the link works once):', '', `  ${addresses[0]}${setupPath}`);
  if (demoModel) lines.push('', `No channel exists yet, so the demo model ${demoModel} answers.`);
  return `${lines.join('\n')}\n\n`;
}

/** Where people find the server, the best address to give away first. */
export function serverAddresses({ PUBLIC_URL, HOST }: Config, port: number, lan: string[]): string[] {
  const at = (host: string) => `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const everywhere = HOST === '0.0.0.0' || HOST === '::';
  const local = everywhere ? ['localhost', ...lan].map(at) : [at(HOST)];
  return PUBLIC_URL === undefined ? local : [PUBLIC_URL.replace(/\/+$/, ''), ...local];
}

function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
}

export function helpText(): string {
  const names = Object.entries(SETTINGS).map(([name, { doc }]) => `  ${name}\n      ${doc}`);
  return `Usage: npm start\n\nSettings come from the environment or from a file named .env:\n\n${names.join('\n')}\n`;
}
