// One JSON line per event on standard error. Values are escaped by JSON, so a name cannot forge a line.
export interface Logger {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** @param write where a finished line goes. */
export function createLogger(write: (line: string) => void): Logger {
  const at =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}) =>
      write(safe(JSON.stringify({ time: new Date().toISOString(), level, message, ...plain(fields) })));
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

/** JSON leaves DEL and the C1 controls as they are; a terminal obeys some of them. */
function safe(line: string): string {
  return line.replace(/[\u007f-\u009f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function plain(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value,
    ]),
  );
}
