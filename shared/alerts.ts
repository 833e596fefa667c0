// The contract of /api/admin/alerts, and what an alert says in words: on the dashboard, in a mail, in a webhook.
import { z } from 'zod';

import type { Locale } from './errors.ts';
import { statusText } from './upstream-troubles.ts';

export const ALERT_KINDS = [
  'budget_near',
  'budget_spent',
  'channel_down',
  'key_disabled',
  'error_rate',
  'disk_low',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** `note` = shown on the dashboard only: a pupil's own budget is the pupil's affair. */
export const ALERT_LEVELS = ['note', 'warning', 'critical'] as const;

export const alertView = z.object({
  id: z.string(),
  kind: z.enum(ALERT_KINDS),
  level: z.enum(ALERT_LEVELS),
  subject_id: z.string(),
  /** What it is about, such as a channel's name. */
  subject_name: z.string(),
  /** Values of the sentence. */
  detail: z.record(z.string(), z.union([z.string(), z.number()])),
  /** The whole sentence, in the language asked for. */
  text: z.string(),
  raised_at: z.iso.datetime(),
  resolved_at: z.iso.datetime().nullable(),
});
export type AlertView = z.infer<typeof alertView>;

const target = z.object({
  /** Whether one is set up. */
  on: z.boolean(),
  last_sent_at: z.iso.datetime().nullable(),
  /** Of the newest that did not arrive; null when the newest did. */
  last_error: z.string().nullable(),
});

export const alertsReply = z.object({
  /** Those that last, the newest first. */
  open: z.array(alertView),
  /** The latest that are over. */
  recent: z.array(alertView),
  webhook: target.extend({
    /** Signs the messages (Standard Webhooks): give it to the receiver. */
    secret: z.string(),
  }),
  mail: target,
});
export type AlertsReply = z.infer<typeof alertsReply>;

const tried = z.object({ ok: z.boolean(), error: z.string().nullable() }).nullable();
/** null = not set up. */
export const alertTestReply = z.object({ webhook: tried, mail: tried });
export type AlertTest = z.infer<typeof alertTestReply>;

// oxfmt-ignore
const TEXTS: Record<AlertKind, Record<Locale, string>> = {
  budget_near: {
    'zh-CN': '“{name}”的预算已用 {percent}%。',
    'zh-TW': '「{name}」的預算已用 {percent}%。',
    en: '“{name}” has used {percent}% of its budget.',
  },
  budget_spent: {
    'zh-CN': '“{name}”的预算已用完，新的调用会被拒绝。',
    'zh-TW': '「{name}」的預算已用完，新的呼叫會被拒絕。',
    en: '“{name}” has used up its budget; new calls are refused.',
  },
  channel_down: {
    'zh-CN': '渠道“{name}”现在不可用：{reason}',
    'zh-TW': '通道「{name}」現在無法使用：{reason}',
    en: 'The channel “{name}” does not work: {reason}',
  },
  key_disabled: {
    'zh-CN': '渠道“{name}”的密钥 {hint} 被上游拒绝，已停用：{reason}',
    'zh-TW': '通道「{name}」的金鑰 {hint} 被上游拒絕，已停用：{reason}',
    en: 'The key {hint} of the channel “{name}” was refused by its service and is switched off: {reason}',
  },
  error_rate: {
    'zh-CN': '最近 {minutes} 分钟的 {calls} 次调用中有 {percent}% 出错。',
    'zh-TW': '最近 {minutes} 分鐘的 {calls} 次呼叫中有 {percent}% 出錯。',
    en: 'Of {calls} calls in the last {minutes} minutes {percent}% went wrong.',
  },
  disk_low: {
    'zh-CN': '服务器 {name} 的磁盘只剩 {free}（{percent}%）。',
    'zh-TW': '伺服器 {name} 的磁碟只剩 {free}（{percent}%）。',
    en: 'The disk of the server {name} has only {free} left ({percent}%).',
  },
};

// oxfmt-ignore
const REASONS: Record<string, Record<Locale, string>> = {
  no_key: { 'zh-CN': '所有密钥都已停用', 'zh-TW': '所有金鑰都已停用', en: 'all its keys are switched off' },
  cooling: { 'zh-CN': '所有密钥都在限流等待', 'zh-TW': '所有金鑰都在限流等待', en: 'all its keys are throttled' },
  failing: { 'zh-CN': '最近的请求全部失败', 'zh-TW': '最近的請求全部失敗', en: 'its latest requests all failed' },
  check: { 'zh-CN': '健康检查没有通过', 'zh-TW': '健康檢查沒有通過', en: 'the health check failed' },
};

/** The sentence of an alert. */
export function alertText(
  { kind, subject_name, detail }: Pick<AlertView, 'kind' | 'subject_name' | 'detail'>,
  locale: Locale,
): string {
  const values: Record<string, string | number> = { ...detail, name: subject_name };
  const { reason } = detail;
  if (reason !== undefined) values.reason = REASONS[String(reason)]?.[locale] ?? statusText(String(reason), locale);
  return TEXTS[kind][locale].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}
