// Words a consistency check in the manner of requirement 004's report, in three languages.
import type { Locale } from '@hallpass/shared/errors.ts';

import { type Examination, type Finding, type Section, SECTIONS } from './examine.ts';

interface Texts {
  title: string;
  time: string;
  scope: string;
  scopeText: (engine: string) => string;
  sections: Record<Section, string>;
  checked: (count: number) => string;
  matches: string;
  problems: string;
  none: string;
  problem: Record<Finding['problem'], (finding: Finding) => string>;
  advice: string;
  adviceText: Record<'ok' | 'fix', string>;
  summary: string;
  overall: Record<'ok' | 'warning' | 'error', string>;
  risk: string;
}

const TEXTS: Record<Locale, Texts> = {
  'zh-CN': {
    title: '数据表与 API 一致性检查报告',
    time: '检查时间',
    scope: '检查范围',
    scopeText: (engine) => `${engine} 数据库中的全部表、视图和索引，迁移记录，模型定义，以及 API 字段`,
    sections: {
      migrations: '迁移',
      tables: '表结构（与全新数据库比较）',
      types: '模型定义（字段名称、类型、是否可空）',
      indexes: '索引',
      references: '外键（账目表不得有外键约束）',
      fields: 'API 使用的字段（llm_configs、llm_call_logs、llm_prompt_templates、llm_models）',
    },
    checked: (count) => `检查了 ${count} 项`,
    matches: '✅ **完全匹配**',
    problems: '发现的问题',
    none: '没有发现问题。',
    problem: {
      missing: ({ what }) => `缺少 \`${what}\``,
      unknown: ({ what }) => `多出 \`${what}\`，程序不认识它`,
      different: ({ what, found, expected }) => `\`${what}\` 是 \`${found}\`，应为 \`${expected}\``,
      reference: ({ what, found }) => `\`${what}\` 有指向 \`${found}\` 的外键约束，应当删除`,
    },
    advice: '建议',
    adviceText: {
      ok: '无需处理。',
      fix: '请先备份，再启动一次服务让缺少的迁移执行；若问题仍在，请从备份恢复，或手工修正上面列出的项目。',
    },
    summary: '总结',
    overall: { ok: '✅ **完全一致**', warning: '⚠️ **基本一致**', error: '❌ **不一致**' },
    risk: '风险等级',
  },
  'zh-TW': {
    title: '資料表與 API 一致性檢查報告',
    time: '檢查時間',
    scope: '檢查範圍',
    scopeText: (engine) => `${engine} 資料庫中的所有資料表、檢視和索引，遷移紀錄，模型定義，以及 API 欄位`,
    sections: {
      migrations: '遷移',
      tables: '資料表結構（與全新資料庫比較）',
      types: '模型定義（欄位名稱、型別、是否可空）',
      indexes: '索引',
      references: '外部索引鍵（帳目表不得有外部索引鍵）',
      fields: 'API 使用的欄位（llm_configs、llm_call_logs、llm_prompt_templates、llm_models）',
    },
    checked: (count) => `檢查了 ${count} 項`,
    matches: '✅ **完全符合**',
    problems: '發現的問題',
    none: '沒有發現問題。',
    problem: {
      missing: ({ what }) => `缺少 \`${what}\``,
      unknown: ({ what }) => `多出 \`${what}\`，程式不認識它`,
      different: ({ what, found, expected }) => `\`${what}\` 是 \`${found}\`，應為 \`${expected}\``,
      reference: ({ what, found }) => `\`${what}\` 有指向 \`${found}\` 的外部索引鍵，應當刪除`,
    },
    advice: '建議',
    adviceText: {
      ok: '無需處理。',
      fix: '請先備份，再啟動一次服務讓缺少的遷移執行；若問題仍在，請從備份還原，或手動修正上面列出的項目。',
    },
    summary: '總結',
    overall: { ok: '✅ **完全一致**', warning: '⚠️ **大致一致**', error: '❌ **不一致**' },
    risk: '風險等級',
  },
  en: {
    title: 'Consistency of tables and API',
    time: 'Checked at',
    scope: 'Scope',
    scopeText: (engine) =>
      `every table, view and index of this ${engine} database, its migrations, the type definitions and the API’s fields`,
    sections: {
      migrations: 'Migrations',
      tables: 'Tables (against a new database)',
      types: 'Type definitions (names, types, nullability)',
      indexes: 'Indexes',
      references: 'Foreign keys (none may lead out of the ledger)',
      fields: 'Fields the API uses (llm_configs, llm_call_logs, llm_prompt_templates, llm_models)',
    },
    checked: (count) => `${count} checked`,
    matches: '✅ **all match**',
    problems: 'Problems found',
    none: 'No problem was found.',
    problem: {
      missing: ({ what }) => `\`${what}\` is missing`,
      unknown: ({ what }) => `\`${what}\` is not known to this program`,
      different: ({ what, found, expected }) => `\`${what}\` is \`${found}\` and should be \`${expected}\``,
      reference: ({ what, found }) => `\`${what}\` has a foreign key to \`${found}\`, which should be dropped`,
    },
    advice: 'Advice',
    adviceText: {
      ok: 'Nothing to do.',
      fix: 'Make a backup, then start the server once so that missing migrations run. If a problem stays, restore a backup or correct what is listed above by hand.',
    },
    summary: 'Summary',
    overall: { ok: '✅ **consistent**', warning: '⚠️ **mostly consistent**', error: '❌ **not consistent**' },
    risk: 'Risk',
  },
};

const RISKS = { ok: '🟢', warning: '🟡', error: '🔴' } as const;
const MARKS = { warning: '⚠️', error: '❌' } as const;

/** The worst there is. */
export function verdictOf({ findings }: Examination): 'ok' | 'warning' | 'error' {
  if (findings.some(({ level }) => level === 'error')) return 'error';
  return findings.length > 0 ? 'warning' : 'ok';
}

/** @param at ISO 8601. */
export function reportText(examination: Examination, at: string, locale: Locale): string {
  const t = TEXTS[locale];
  const verdict = verdictOf(examination);
  const line = (finding: Finding) => `- ${MARKS[finding.level]} ${t.problem[finding.problem](finding)}`;
  const sections = SECTIONS.map((section, index) => {
    const found = examination.findings.filter((finding) => finding.section === section);
    const result = found.length === 0 ? t.matches : found.map(line).join('\n');
    return `## ${index + 1}. ${t.sections[section]}\n${t.checked(examination.checked[section])}\n\n${result}`;
  });
  const { findings } = examination;
  return [
    `# ${t.title}`,
    `## ${t.time}\n${at}`,
    `## ${t.scope}\n${t.scopeText(examination.engine)}`,
    ...sections,
    `## ${SECTIONS.length + 1}. ${t.problems}\n${findings.length === 0 ? t.none : findings.map(line).join('\n')}`,
    `## ${SECTIONS.length + 2}. ${t.advice}\n${t.adviceText[verdict === 'ok' ? 'ok' : 'fix']}`,
    `## ${SECTIONS.length + 3}. ${t.summary}\n${t.overall[verdict]}\n\n${t.risk} ${RISKS[verdict]}`,
    '',
  ].join('\n\n');
}
