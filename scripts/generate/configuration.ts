// Writes the settings of server/config.ts as a page, as an .env.example, and as the text of `--help`.
import { GROUPS, type Setting, SETTINGS } from '../../server/config.ts';

type Entry = [name: string, setting: Setting<unknown>];

const entries: Entry[] = Object.entries(SETTINGS);
const groups = Object.entries(GROUPS).map(([id, title]) => ({
  title,
  settings: entries.filter(([, { group }]) => group === id),
}));

export function configurationPage(): string {
  const sections = groups.map(({ title, settings }) =>
    [`## ${title}`, '', '| name | default | meaning |', '|---|---|---|', ...settings.map(row)].join('\n'),
  );
  return `${INTRODUCTION}\n\n${sections.join('\n\n')}\n`;
}

const INTRODUCTION = `# Configuration

<!-- Generated from server/config.ts by \`npm run check -- --fix\`. Do not edit. -->

Hallpass reads its settings from the environment or from a file named \`.env\` in its folder (see
[.env.example](../.env.example)). Nothing is required to try it. A value that makes no sense stops the start
with a sentence that names the setting. Values marked 🔒 are secrets: they are never printed or logged, and the
sample values of any documentation are refused.

Where the table says "a stored setting wins", the value is only the default of what an administrator can change
in the console.`;

export function envExample(): string {
  const sections = groups.map(({ title, settings }) => [`# ── ${title} ──`, ...settings.map(envLines)].join('\n'));
  return `${ENV_INTRODUCTION}\n\n${sections.join('\n\n')}\n`;
}

const ENV_INTRODUCTION = `# Copy this file to .env and change what you need; nothing is required.
# Generated from server/config.ts by \`npm run check -- --fix\`. Do not edit.`;

function row([name, { doc, schema, secret }]: Entry): string {
  const value = defaultOf(schema);
  return `| \`${name}\`${secret ? ' 🔒' : ''} | ${value ? `\`${value}\`` : '–'} | ${doc.replaceAll('|', '\\|')} |`;
}

function envLines([name, { doc, schema, secret }]: Entry): string {
  return `# ${doc}${secret ? ' (secret)' : ''}\n# ${name}=${defaultOf(schema)}`;
}

function defaultOf(schema: Setting<unknown>['schema']): string {
  return String(schema.parse(undefined) ?? '');
}
