// The only reader of the environment. Every setting documents itself: docs/configuration.md, .env.example and
// `--help` are made from this list.
import { z } from 'zod';

import { LOCALES } from '@hallpass/shared/errors.ts';

/** The headings of the documentation, in its order. */
export const GROUPS = {
  address: 'Address',
  storage: 'Storage',
  administrator: 'The first administrator',
  secrets: 'Secrets',
  upstream: 'Model services',
  limits: 'Limits and retention',
  language: 'Language and time',
  network: 'Who may reach what',
  signIn: 'Sign-in with another service',
  mail: 'Mail',
} as const;

export interface Setting<T> {
  group: keyof typeof GROUPS;
  schema: z.ZodType<T>;
  /** One or two sentences for an administrator. */
  doc: string;
  /** Shown in the documentation; a secret's value is never printed. */
  secret: boolean;
}

const group =
  (name: keyof typeof GROUPS) =>
  <T>(schema: z.ZodType<T>, doc: string, secret: 'secret' | 'open' = 'open'): Setting<T> => ({
    group: name,
    schema,
    doc,
    secret: secret === 'secret',
  });

const address = group('address');
const storage = group('storage');
const administrator = group('administrator');
const secrets = group('secrets');
const upstream = group('upstream');
const limits = group('limits');
const language = group('language');
const network = group('network');
const signIn = group('signIn');
const mail = group('mail');

const whole = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number(error).int(error).min(min, error).max(max, error);
};
const text = (min = 1) => z.string().min(min, `needs at least ${min} characters`);
/** What an HTTP header carries as one word. */
const headerWord = (min = 1) =>
  text(min).regex(/^[\x21-\x2b\x2d-\x7e]+$/, 'may hold only letters, digits and signs of ASCII: no space, no comma');
const url = () => z.url({ protocol: /^https?$/, error: 'must be an address such as https://school.example' });
const database = (scheme: RegExp, example: string) => z.string().regex(scheme, `must be an address such as ${example}`);
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, `must be one of ${values.join(', ')}`);
const flag = z.stringbool('must be true or false');
const zone = z.string().refine(isTimeZone, 'is not a time zone such as Asia/Taipei');

// oxfmt-ignore
export const SETTINGS = {
  APP_PORT: address(whole(0, 65_535).default(8000), 'The one port everything is served on. 0 picks a free one.'),
  HOST: address(text().default('0.0.0.0'), 'The address to listen on; the default lets the class reach it.'),
  PUBLIC_URL: address(url().optional(), 'How people reach this server, for links and QR codes. Unset: taken from each request.'),
  DATABASE_PATH: storage(text().default('data/hallpass.db'), 'The SQLite file. Its folder also holds the generated secrets.'),
  DATABASE_URL: storage(database(/^postgres(ql)?:\/\//, 'postgres://user:password@host/hallpass').optional(), 'A PostgreSQL address (postgres://…). Set, it is used instead of SQLite.', 'secret'),
  REDIS_URL: storage(database(/^rediss?:\/\//, 'redis://host:6379').optional(), 'A Redis address (redis://…), needed as soon as a second replica runs.', 'secret'),
  REDIS_TIMEOUT_MS: storage(whole(5, 10_000).default(50), 'How long Redis may take to answer, in milliseconds, before limits are kept without it.'),
  LEDGER_SYNC: storage(oneOf(['full', 'normal']).default('full'), 'full: every commit reaches the disk before an answer ends. normal: a power cut (not a crash) may lose the last commits.'),
  HOOKS_PATH: storage(text().default('data/hooks'), 'A folder of TypeScript files whose preCall hooks are asked before each call.'),
  ADMIN_USERNAME: administrator(text().default('admin'), 'The first administrator, made at the first start when ADMIN_PASSWORD is set too.'),
  ADMIN_PASSWORD: administrator(text(8).optional(), 'The first administrator’s password. Unset: a one-time set-up link is printed at start.', 'secret'),
  SECRET_KEY: secrets(text(16).optional(), 'Signs logins; any 16 or more characters. Unset: generated once into the data folder.', 'secret'),
  ENCRYPTION_KEY: secrets(text(16).optional(), 'Encrypts upstream keys; any 16 or more characters. Unset: generated once into the data folder. Lose it and the stored keys are lost.', 'secret'),
  LITELLM_ADMIN_KEY: secrets(headerWord(16).optional(), 'Opens the LiteLLM-compatible /key/* addresses for an existing panel. Unset: only an administrator’s login opens them.', 'secret'),
  OPENAI_API_KEY: upstream(headerWord().optional(), 'At the first start, imported (encrypted) into a channel with the models its upstream lists; ignored afterwards. While they cannot be listed, nothing is stored and the next start tries again.', 'secret'),
  OPENAI_BASE_URL: upstream(url().default('https://api.openai.com/v1'), 'The address that goes with OPENAI_API_KEY.'),
  ALLOW_PRIVATE_UPSTREAMS: upstream(flag.default(true), 'Whether a channel may point to a loopback or private address, such as Ollama on this machine.'),
  GUEST_RPM: limits(whole(0, 1_000_000).default(10), 'Requests a minute from one address without a login. A stored setting wins.'),
  USER_RPM: limits(whole(0, 1_000_000).default(60), 'Requests a minute of one signed-in user. A stored setting wins.'),
  LOG_RETENTION_DAYS: limits(whole(1, 3_650).default(90), 'How long call rows are kept. A stored setting wins.'),
  DEFAULT_LOCALE: language(oneOf(LOCALES).default('zh-CN'), 'The language of texts where a request names none.'),
  TIME_ZONE: language(zone.default('Asia/Shanghai'), 'Days, budgets and class hours are counted in this zone.'),
  CORS_ORIGINS: network(z.string().default('*'), 'Origins that may call /v1 from a browser, separated by commas; * for all. Logins and admin pages are same-origin always.'),
  TRUSTED_PROXIES: network(z.string().default(''), 'Addresses or networks (CIDR), separated by commas, whose X-Forwarded-For is believed.'),
  ALLOW_PRIVATE_WEBHOOKS: network(flag.default(false), 'Whether alerts may be posted to a loopback or private address, such as a receiver in the school’s own network.'),
  OIDC_ISSUER: signIn(url().optional(), 'Sign-in with Google (https://accounts.google.com) or any OpenID Connect issuer. Register <address of this server>/login/oidc there as the redirect URI.'),
  OIDC_NAME: signIn(text().optional(), 'What the sign-in button calls that service. Unset: Google, or the issuer’s host.'),
  OIDC_CLIENT_ID: signIn(text().optional(), 'The client id at that issuer.'),
  OIDC_CLIENT_SECRET: signIn(text().optional(), 'The client secret at that issuer. Unset: a public client, protected by PKCE alone.', 'secret'),
  OIDC_ALLOWED_DOMAINS: signIn(z.string().default(''), 'E-mail domains that may sign in there, separated by commas; empty for all.'),
  SMTP_URL: mail(database(/^smtps?:\/\//, 'smtp://user:password@mail.school.example:587').optional(), 'The mail server that alerts are sent through: smtp://… (STARTTLS; with a password nothing is sent without it) or smtps://…. Unset: no mail is sent.', 'secret'),
  MAIL_FROM: mail(z.email('must be an e-mail address').optional(), 'The sender of alerts. Unset: the user name of SMTP_URL.'),
} as const;

/** Everything the process is told from outside, checked. Secrets that were not given are added by `secrets.ts`. */
export type Config = Readonly<{ [K in keyof typeof SETTINGS]: z.infer<(typeof SETTINGS)[K]['schema']> }>;

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
  'random_encrypt_key', 'random_encryption_key', 'admin_password', 'admin123', 'admin1234', 'password', 'password1',
  'password123', '12345678', '123456789', 'sk_1234', 'sk_your_api_key', 'your_api_key', 'your_password',
]);

/** Reads and checks the settings. An empty value counts as unset. @throws ConfigError naming every problem. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { schema, secret }] of Object.entries(SETTINGS)) {
    const given = env[name]?.trim() || undefined;
    if (secret && given && isSample(given)) {
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

/** Samples are written with `_`, `-` or spaces, in either case; a `change me` anywhere gives one away too. */
function isSample(value: string): boolean {
  const plain = value.toLowerCase().replaceAll(/[-\s]/g, '_');
  return SAMPLE_VALUES.has(plain) || /change_?me/.test(plain);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
