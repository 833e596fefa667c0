// Bodies and answers of /api/auth (requirement 001), and the rules for e-mail addresses, names and passwords.
import { z } from 'zod';

import { type ErrorCode, type Locale, LOCALES } from './errors.ts';
import { ROLES } from './roles.ts';
import { REGISTRATIONS } from './settings.ts';

export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 1024;
export const EMAIL_MAX = 254;
export const USERNAME_MAX = 64;

/** The refusal is told in that error's own words instead of the schema's. */
const says = (code: ErrorCode) => ({ params: { code } });

const emailShape = z.email();

/** An address as it is stored and looked up: without surrounding blanks, in lower case. */
export const normalizeEmail = (email: string): string => email.trim().toLowerCase();

/** A user name as it is stored and looked up; look-alike forms of the same letters are one name. */
export const normalizeUsername = (name: string): string => name.trim().normalize('NFKC').toLowerCase();

const email = z
  .string()
  .max(EMAIL_MAX + 50)
  .refine(
    (text) => normalizeEmail(text).length <= EMAIL_MAX && emailShape.safeParse(normalizeEmail(text)).success,
    says('email_invalid'),
  )
  .meta({ format: 'email', maxLength: EMAIL_MAX });

/** Characters as people count them: an emoji is one. */
export const newPassword = z
  .string()
  .max(PASSWORD_MAX)
  .refine((text) => [...text].length >= PASSWORD_MIN, says('password_too_short'))
  .meta({ minLength: PASSWORD_MIN });

const username = z
  .string()
  .trim()
  .min(1)
  .max(USERNAME_MAX)
  .regex(/^[^\p{C}]+$/u);

/** What is typed at a sign-in: any text within bounds. What cannot exist is refused like a wrong password. */
const typedName = z
  .string()
  .min(1)
  .max(EMAIL_MAX + 50)
  .refine((text) => /^\P{Cc}*$/u.test(text), says('login_failed'));
const typedPassword = z.string().min(1).max(PASSWORD_MAX);

/** The part of an invite link after its #. */
const inviteToken = z.string().min(1).max(200);

export const registerBody = z.object({ email, password: newPassword, invite: inviteToken.optional() });
export const loginBody = z.object({ email: typedName, password: typedPassword });
export const adminLoginBody = z.object({ username: typedName, password: typedPassword });
export const setupBody = z.object({ token: z.string().min(1).max(200), username, password: newPassword });
export const passwordBody = z.object({ current_password: typedPassword, new_password: newPassword });

export const messageReply = z.object({ message: z.string() });
export const loginReply = z.object({ access_token: z.string(), token_type: z.literal('bearer') });
export const meReply = z.object({
  id: z.string(),
  role: z.enum(ROLES),
  name: z.string(),
  email: z.string().nullable(),
  locale: z.enum(LOCALES).nullable(),
});
/** What the sign-in pages need to know before anybody has signed in. */
export const signInOptionsReply = z.object({
  registration: z.enum(REGISTRATIONS),
  guests_allowed: z.boolean(),
  default_locale: z.enum(LOCALES),
  /** Sign-in with another service, and what its button calls it; null where none is configured. */
  oidc: z.object({ name: z.string() }).nullable(),
  /** How people reach this server (PUBLIC_URL), without a trailing slash; null = nobody has said. */
  public_url: z.string().nullable(),
});

/** The signed-in person's own page. */
export const accountReply = z.object({
  email: z.string().nullable(),
  username: z.string().nullable(),
  role: z.enum(ROLES),
  has_password: z.boolean(),
  /** Whether the other service is linked to this account. */
  has_oidc: z.boolean(),
  created_at: z.iso.datetime(),
  last_login_at: z.iso.datetime().nullable(),
  /** How long the numbers of past calls are kept, also after the account is gone. */
  log_retention_days: z.int(),
});
/** The password proves who deletes an account that has one. */
export const closeAccountBody = z.object({ password: typedPassword.optional() });

/** Begins a sign-in with another service. `origin` is the page's own, such as `https://ai.school.example`. */
export const oidcStartBody = z.object({
  origin: z.url({ protocol: /^https?$/ }).max(300),
  invite: inviteToken.optional(),
});
export const oidcStartReply = z.object({
  /** Where the browser goes. */
  url: z.string(),
  /** Sealed; the page keeps it for this tab and sends it back with what the service answered. */
  flow: z.string(),
  /** Where the service sends the browser back to; a page at another origin could not go on. */
  return_origin: z.string(),
});
/** `answer` is the query string the service sent the browser back with. */
export const oidcFinishBody = z.object({ flow: z.string().min(1).max(6_000), answer: z.string().min(1).max(6_000) });

export const INVITE_DAYS_MAX = 90;
const inviteRole = z.enum(['teacher', 'admin', 'user']);
export const createInviteBody = z.object({
  role: inviteRole,
  days: z.int().min(1).max(INVITE_DAYS_MAX).default(7),
});
export const inviteSchema = z.object({
  id: z.string(),
  role: inviteRole,
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  used_at: z.iso.datetime().nullable(),
});
/** `path` is shown once; only its hash is kept. */
export const createdInviteReply = inviteSchema.extend({ path: z.string() });
export const inviteListReply = z.object({ data: z.array(inviteSchema) });
export const inviteParams = z.object({ id: z.string().max(100) });
export const inviteCheckBody = z.object({ invite: inviteToken });
export const inviteCheckReply = z.object({ role: inviteRole });

export const ACCOUNT_TEXTS = {
  registered: { 'zh-CN': '注册成功', 'zh-TW': '註冊成功', en: 'You are registered' },
  signedOutEverywhere: {
    'zh-CN': '已在所有设备上退出登录',
    'zh-TW': '已在所有裝置上登出',
    en: 'You are signed out everywhere',
  },
  passwordChanged: {
    'zh-CN': '密码已更改，请用新密码登录',
    'zh-TW': '密碼已變更，請用新密碼登入',
    en: 'The password is changed. Please sign in with it.',
  },
  accountClosed: { 'zh-CN': '账号已删除', 'zh-TW': '帳號已刪除', en: 'The account is deleted' },
  linked: { 'zh-CN': '已关联', 'zh-TW': '已連結', en: 'Linked' },
  revoked: { 'zh-CN': '邀请已撤销', 'zh-TW': '邀請已撤銷', en: 'The invitation is withdrawn' },
  signedOut: { 'zh-CN': '已退出登录', 'zh-TW': '已登出', en: 'You are signed out' },
} as const satisfies Record<string, Record<Locale, string>>;
