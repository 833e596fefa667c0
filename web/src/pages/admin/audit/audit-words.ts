// What an audit row says in words; what has none yet is shown by its code.
import type { AuditView } from '@/api/audit.ts';
import { t, type TextKey } from '@/i18n/texts.ts';

/** The nouns that can be asked for. */
export const NOUNS = {
  blocked_ip: 'audit.nounBlockedIp',
  call: 'audit.nounCall',
  channel: 'audit.nounChannel',
  classroom: 'log.classroom',
  code: 'log.activationCode',
  configuration: 'configuration.title',
  content: 'audit.nounContent',
  invite: 'audit.nounInvite',
  llm_model: 'audit.nounLlmModel',
  model: 'log.model',
  pass: 'audit.nounPass',
  plan: 'stats.plan',
  price: 'audit.nounPrice',
  prices: 'audit.nounPrices',
  quota: 'audit.nounQuota',
  settings: 'audit.nounSettings',
  user: 'audit.nounUser',
} as const satisfies Record<string, TextKey>;

const VERBS: Partial<Record<string, TextKey>> = {
  create: 'audit.verbCreate',
  update: 'audit.verbUpdate',
  delete: 'audit.verbDelete',
  read: 'audit.verbRead',
  record: 'audit.verbRecord',
  import: 'audit.verbImport',
  restore: 'audit.verbRestore',
  join: 'audit.verbJoin',
  link: 'audit.verbLink',
  adopt: 'audit.verbAdopt',
  reset_link: 'audit.verbResetLink',
  reset: 'audit.verbReset',
  password: 'audit.verbPassword',
  export: 'audit.verbExport',
  remove: 'audit.verbDelete',
  revoke: 'audit.verbRevoke',
  set: 'audit.verbUpdate',
  rotate: 'audit.verbRotate',
  first_admin: 'audit.verbFirstAdmin',
};

export function actionText(action: string): string {
  const [noun = '', verb = ''] = action.split('.');
  const nounKey = (NOUNS as Partial<Record<string, TextKey>>)[noun];
  const verbKey = VERBS[verb];
  return nounKey && verbKey ? t('audit.action', { noun: t(nounKey), verb: t(verbKey) }) : action;
}

/** The detail on one line, as short as it can be told. */
export function detailText({ detail }: Pick<AuditView, 'detail'>): string {
  return Object.entries(detail)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}
