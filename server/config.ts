// The only reader of the environment. Every setting documents itself: docs/configuration.md and .env.example
// are generated from this list.
import { z } from 'zod';

import { LOCALES } from '@hallpass/shared/errors.ts';

interface Setting<T> {
  schema: z.ZodType<T>;
  /** One or two sentences for an administrator. */
  doc: string;
  /** Shown in the documentation; a secret's value is never printed. */
  secret?: boolean;
}

const setting = <T>(schema: z.ZodType<T>, doc: string, secret = false): Setting<T> => ({ schema, doc, secret });
const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const flag = z.stringbool();
const optional = z.string().min(1).optional();

// oxfmt-ignore
export const SETTINGS = {
  APP_PORT: setting(whole(0, 65_535).default(8000), 'The one port everything is served on. 0 picks a free one.'),
  HOST: setting(z.string().default('0.0.0.0'), 'The address to listen on; the default lets the class reach it.'),
  PUBLIC_URL: setting(z.url().optional(), 'How people reach this server, for links and QR codes. Unset: taken from each request.'),
  DATABASE_PATH: setting(z.string().default('data/hallpass.db'), 'The SQLite file. Its folder also holds the generated secrets.'),
  DATABASE_URL: setting(optional, 'A PostgreSQL address (postgres://…). Set, it is used instead of SQLite.', true),
  REDIS_URL: setting(optional, 'A Redis address (redis://…), needed as soon as a second replica runs.', true),
  LEDGER_SYNC: setting(z.enum(['full', 'normal']).default('full'), 'full: every commit reaches the disk before an answer ends. normal: a power cut (not a crash) may lose the last commits.'),
  ADMIN_USERNAME: setting(z.string().min(1).default('admin'), 'The first administrator, made at the first start when ADMIN_PASSWORD is set too.'),
  ADMIN_PASSWORD: setting(z.string().min(8).optional(), 'The first administrator’s password. Unset: a one-time set-up link is printed at start.', true),
  SECRET_KEY: setting(z.string().min(16).optional(), 'Signs logins; any 16 or more characters. Unset: generated once into the data folder.', true),
  ENCRYPTION_KEY: setting(z.string().min(16).optional(), 'Encrypts upstream keys; any 16 or more characters. Unset: generated once into the data folder. Lose it and the stored keys are lost.', true),
  LITELLM_ADMIN_KEY: setting(z.string().min(16).optional(), 'Opens the LiteLLM-compatible /key/* addresses for an existing panel. Unset: only an administrator’s login opens them.', true),
  OPENAI_API_KEY: setting(optional, 'At the first start, imported (encrypted) into a channel; ignored afterwards.', true),
  OPENAI_BASE_URL: setting(z.url().default('https://api.openai.com/v1'), 'The address that goes with OPENAI_API_KEY.'),
  DEFAULT_LOCALE: setting(z.enum(LOCALES).default('zh-CN'), 'The language of texts where a request names none.'),
  TIME_ZONE: setting(z.string().default('Asia/Shanghai').refine(isTimeZone, 'is not a time zone such as Asia/Taipei'), 'Days, budgets and class hours are counted in this zone.'),
  GUEST_RPM: setting(whole(0, 1_000_000).default(10), 'Requests a minute from one address without a login. A stored setting wins.'),
  USER_RPM: setting(whole(0, 1_000_000).default(60), 'Requests a minute of one signed-in user. A stored setting wins.'),
  LOG_RETENTION_DAYS: setting(whole(1, 3_650).default(90), 'How long call rows are kept. A stored setting wins.'),
  CORS_ORIGINS: setting(z.string().default('*'), 'Origins that may call /v1 from a browser, separated by commas; * for all. Logins and admin pages are same-origin always.'),
  TRUSTED_PROXIES: setting(z.string().default(''), 'Addresses or networks (CIDR), separated by commas, whose X-Forwarded-For is believed.'),
  ALLOW_PRIVATE_UPSTREAMS: setting(flag.default(true), 'Whether a channel may point to a loopback or private address, such as Ollama on this machine.'),
  OIDC_ISSUER: setting(z.url().optional(), 'Sign-in with Google or any OpenID Connect issuer.'),
  OIDC_CLIENT_ID: setting(optional, 'The client id at that issuer.'),
  OIDC_CLIENT_SECRET: setting(optional, 'The client secret at that issuer.', true),
  OIDC_ALLOWED_DOMAINS: setting(z.string().default(''), 'E-mail domains that may sign in, separated by commas; empty for all.'),
} as const;

type Raw = { [K in keyof typeof SETTINGS]: z.infer<(typeof SETTINGS)[K]['schema']> };

/** Everything the process is told from outside, checked. Secrets that were not given are added by `secrets.ts`. */
export type Config = Readonly<Raw>;

/** The configuration is not usable; `problems` are plain sentences, one per setting. */
export class ConfigError extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

/** The sample values of the requirement documents and of other projects' documentation. */
// oxfmt-ignore
const SAMPLE_VALUES = new Set([
  'change_me', 'changeme', 'your_secure_password', 'your_secret_key', 'your_encryption_key', 'random_secret_key',
  'random_encrypt_key', 'admin_password', 'password123', 'sk-1234', 'sk-your-api-key', 'your-secret-key',
]);

/** Reads and checks the settings. An empty value counts as unset. @throws ConfigError naming every problem. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { schema, secret }] of Object.entries(SETTINGS)) {
    const given = env[name]?.trim() || undefined;
    if (secret && given && SAMPLE_VALUES.has(given.toLowerCase())) {
      problems.push(`${name} is a sample value from documentation. Choose your own.`);
      continue;
    }
    const result = schema.safeParse(given);
    if (result.success) values[name] = result.data;
    else problems.push(`${name} ${result.error.issues[0]?.message ?? 'is not valid'}.`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return values as Config;
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
