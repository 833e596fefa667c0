// An alert as it is told.
import { alertText, type AlertView } from '@hallpass/shared/alerts.ts';
import type { Locale } from '@hallpass/shared/errors.ts';

import type { AlertRow } from './store.ts';

export function alertViewOf(row: AlertRow, locale: Locale): AlertView {
  const view = {
    id: row.id,
    kind: row.kind as AlertView['kind'],
    level: row.level as AlertView['level'],
    subject_id: row.subjectId,
    subject_name: row.subjectName,
    detail: JSON.parse(row.detail) as AlertView['detail'],
  };
  return {
    ...view,
    text: alertText(view, locale),
    raised_at: new Date(row.raisedAt).toISOString(),
    resolved_at: row.resolvedAt === null ? null : new Date(row.resolvedAt).toISOString(),
  };
}
