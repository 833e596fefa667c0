// The body and answer of /api/admin/config: requirement 001's system settings and ours.
import { z } from 'zod';

import { DISPLAY_CURRENCIES } from './currencies.ts';
import { type Locale, LOCALES } from './errors.ts';

/** Who may sign up: anybody, holders of an invite link, or only teachers and administrators who were invited. */
export const REGISTRATIONS = ['open', 'invite', 'closed'] as const;

/** Units of a currency for a dollar, to six decimals. */
const rate = (min: number, max: number) =>
  z
    .number()
    .min(min)
    .max(max)
    .refine((value) => Number(value.toFixed(6)) === value, 'at most six decimals');

const rpm = z.int().min(0).max(1_000_000);

/** Passes and open codes of one class: where an administrator sets nothing, and the most there may be. */
export const CLASS_SIZE_DEFAULT = 500;
export const CLASS_SIZE_MOST = 2_000;

/** Every setting by the name it is sent under. Money is in dollars here, as people write it. */
export const configValues = z.object({
  guest_rpm: rpm,
  user_rpm: rpm,
  log_retention_days: z.int().min(1).max(3_650),
  content_retention_days: z.int().min(1).max(3_650),
  system_budget: z.number().min(0).max(9_000_000).nullable(),
  /** Passes and open codes that a teacher may fill one class with. */
  class_size: z.int().min(1).max(CLASS_SIZE_MOST),
  registration: z.enum(REGISTRATIONS),
  guests_allowed: z.boolean(),
  default_locale: z.enum(LOCALES),
  display_currency: z.enum(DISPLAY_CURRENCIES),
  /** Units of the display currency for a dollar; null = amounts are shown in dollars. */
  display_rate: rate(0.01, 100_000).nullable(),
  /** Yuan for a dollar, for prices that vendors publish in yuan. */
  cny_rate: rate(1, 100),
  /** Where alerts are posted to; null = nowhere. */
  alert_webhook_url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullable(),
  /** Who gets alerts by mail. */
  alert_emails: z.array(z.email().max(254)).max(20),
});

export type ConfigValues = z.infer<typeof configValues>;
export type ConfigKey = keyof ConfigValues;
export const CONFIG_KEYS = configValues.keyof().options;

/** Only what is named changes. An answer of GET can be sent back as it is. */
export const configUpdate = configValues
  .partial()
  .extend({
    /** These take the environment's value again. */
    reset: z.array(z.enum(CONFIG_KEYS)).max(CONFIG_KEYS.length).optional(),
    /** Part of the answer; not read. */
    items: z.unknown().optional(),
  })
  .strict();

export type ConfigUpdate = z.infer<typeof configUpdate>;

export const configReply = configValues.extend({
  items: z.array(
    z.object({
      key: z.enum(CONFIG_KEYS),
      value: z.union([z.number(), z.string(), z.boolean(), z.null(), z.array(z.string())]),
      description: z.string(),
      /** `environment`: nothing is stored, so the environment's value or the built-in one is in force. */
      source: z.enum(['stored', 'environment']),
      updated_at: z.iso.datetime().nullable(),
    }),
  ),
});

export type ConfigReply = z.infer<typeof configReply>;

/** How pages show amounts: dollars × rate, in this currency. */
export const currencyReply = z.object({
  currency: z.enum(DISPLAY_CURRENCIES),
  /** 1 for dollars. */
  rate: z.number(),
  /** When an administrator set the rate; null for dollars. */
  rated_at: z.iso.datetime().nullable(),
});
export type DisplayCurrency = z.infer<typeof currencyReply>;

// One line per language.
// oxfmt-ignore
export const CONFIG_DESCRIPTIONS: Record<ConfigKey, Record<Locale, string>> = {
  guest_rpm: {
    'zh-CN': '未登录用户每个 IP 地址每分钟最多请求次数',
    'zh-TW': '未登入使用者每個 IP 位址每分鐘最多請求次數',
    en: 'Requests a minute from one address without a sign-in',
  },
  user_rpm: {
    'zh-CN': '已登录用户每分钟最多请求次数',
    'zh-TW': '已登入使用者每分鐘最多請求次數',
    en: 'Requests a minute of one signed-in user',
  },
  log_retention_days: {
    'zh-CN': '调用日志保留天数',
    'zh-TW': '呼叫紀錄保留天數',
    en: 'Days that call rows are kept',
  },
  content_retention_days: {
    'zh-CN': '对话内容（仅在内容策略允许保存时）的保留天数',
    'zh-TW': '對話內容（僅在內容政策允許保存時）的保留天數',
    en: 'Days that what was said is kept, where a content policy keeps it at all',
  },
  system_budget: {
    'zh-CN': '整个系统每月的花费上限（美元），留空表示不限',
    'zh-TW': '整個系統每月的花費上限（美元），留空表示不限',
    en: 'The most the whole system may spend a month, in dollars; empty for no limit',
  },
  class_size: {
    'zh-CN': '一个班级最多有多少张通行证和未兑换的激活码',
    'zh-TW': '一個班級最多有多少張通行證和未兌換的啟用碼',
    en: 'The most passes and open activation codes that one class may have',
  },
  registration: {
    'zh-CN': '谁可以注册（open 所有人，invite 有邀请链接的人，closed 仅受邀的教师和管理员）',
    'zh-TW': '誰可以註冊（open 所有人，invite 有邀請連結的人，closed 僅受邀的教師和管理員）',
    en: 'Who may register: open (anybody), invite (with an invite link), closed (only invited teachers and administrators)',
  },
  guests_allowed: {
    'zh-CN': '是否允许未登录的游客聊天',
    'zh-TW': '是否允許未登入的訪客聊天',
    en: 'Whether people may chat without signing in',
  },
  default_locale: {
    'zh-CN': '请求没有指明语言时使用的语言',
    'zh-TW': '請求沒有指明語言時使用的語言',
    en: 'The language where a request names none',
  },
  display_currency: {
    'zh-CN': '费用以哪种货币显示（账目始终以美元记录）',
    'zh-TW': '費用以哪種貨幣顯示（帳目一律以美元記錄）',
    en: 'The currency amounts are shown in; accounts are kept in dollars',
  },
  display_rate: {
    'zh-CN': '一美元折合多少显示货币，留空则以美元显示',
    'zh-TW': '一美元折合多少顯示貨幣，留空則以美元顯示',
    en: 'Units of that currency for a dollar; empty shows dollars',
  },
  cny_rate: {
    'zh-CN': '一美元折合多少人民币，用来换算厂商以人民币公布的价格',
    'zh-TW': '一美元折合多少人民幣，用來換算廠商以人民幣公布的價格',
    en: 'Yuan for a dollar, by which prices published in yuan are converted',
  },
  alert_webhook_url: {
    'zh-CN': '告警发送到的地址（Webhook），留空表示不发送',
    'zh-TW': '告警傳送到的網址（Webhook），留空表示不傳送',
    en: 'Where alerts are posted to (webhook); empty for nowhere',
  },
  alert_emails: {
    'zh-CN': '接收告警邮件的地址',
    'zh-TW': '接收告警郵件的地址',
    en: 'Who gets alerts by mail',
  },
};
