// Bodies and answers of /api/auth (requirement 001), and the rules for e-mail addresses, names and passwords.
import { z } from 'zod';

import { type ErrorCode, type Locale, LOCALES } from './errors.ts';
import { ROLES } from './roles.ts';

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
const newPassword = z
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

export const registerBody = z.object({ email, password: newPassword });
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
  registration: z.enum(['open', 'closed']),
  guests_allowed: z.boolean(),
  default_locale: z.enum(LOCALES),
});

export const ACCOUNT_TEXTS = {
  registered: { 'zh-CN': '注册成功', 'zh-TW': '註冊成功', en: 'You are registered' },
  signedOut: { 'zh-CN': '已退出登录', 'zh-TW': '已登出', en: 'You are signed out' },
} as const satisfies Record<string, Record<Locale, string>>;
