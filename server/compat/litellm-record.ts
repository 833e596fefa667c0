// A pass as LiteLLM tells about a key. The key itself is in none of it.
import { KEPT_FIELDS, type KeyRecord } from '@hallpass/shared/litellm.ts';
import { nanosToDollars } from '@hallpass/shared/money.ts';

import type { PassSpend } from '../passes/spend.ts';
import type { PassRow } from '../passes/store.ts';
import { EXTRA_PERMISSIONS, EXTRA_TEAM, EXTRA_USER } from './litellm-input.ts';

type Json = Record<string, unknown>;

/** What LiteLLM says where nothing was set. */
const EMPTY = {
  allowed_cache_controls: [],
  allowed_routes: [],
  budget_id: null,
  config: {},
  model_max_budget: {},
  organization_id: null,
};

/** @param seatName of the student whose place the pass is for. */
export function keyRecord(pass: PassRow, { spentNanos, resetsAt }: PassSpend, seatName: string | undefined): KeyRecord {
  const {
    [EXTRA_PERMISSIONS]: permissions,
    [EXTRA_USER]: userLabel,
    [EXTRA_TEAM]: teamLabel,
    ...extra
  } = json(pass.litellmExtra);
  const names: ReadonlySet<string> = new Set(KEPT_FIELDS);
  const isKept = ([name]: [string, unknown]) => names.has(name);
  return {
    ...EMPTY,
    ...Object.fromEntries(Object.entries(extra).filter(isKept)),
    token: pass.tokenHash,
    key_name: pass.keyName,
    key_alias: pass.alias,
    spend: nanosToDollars(spentNanos),
    max_budget: pass.budgetNanos === null ? null : nanosToDollars(pass.budgetNanos),
    budget_duration: pass.budgetPeriod,
    budget_reset_at: instant(resetsAt),
    expires: instant(pass.expiresAt),
    models: pass.models === null ? [] : (JSON.parse(pass.models) as string[]),
    aliases: json(pass.modelAliases) as Record<string, string>,
    user_id: pass.userId ?? text(userLabel),
    team_id: pass.classroomId ?? text(teamLabel),
    plan_id: pass.planId,
    seat_name: seatName ?? null,
    rpm_limit: pass.rpmLimit,
    tpm_limit: pass.tpmLimit,
    max_parallel_requests: pass.maxParallel,
    metadata: json(pass.metadata),
    permissions: {
      ...(permissions as Json | undefined),
      ...(pass.accessSchedule === null ? {} : { access_schedule: JSON.parse(pass.accessSchedule) as unknown }),
    },
    blocked: pass.status !== 'active',
    created_at: instant(pass.createdAt)!,
    created_by: pass.createdBy,
    updated_at: instant(pass.updatedAt)!,
    litellm_budget_table: null,
    litellm_extra: Object.fromEntries(Object.entries(extra).filter((entry) => !isKept(entry))),
  };
}

/** What a pass is told about itself: nothing that others wrote down about it or set up with it. */
export function ownRecord(record: KeyRecord): KeyRecord {
  const shown = { ...record, created_by: null, litellm_extra: {} };
  for (const name of KEPT_FIELDS) delete shown[name];
  return { ...shown, ...EMPTY };
}

/** With a numeric offset: Python before 3.11 does not read a `Z`. */
function instant(at: number): string;
function instant(at: number | null): string | null;
function instant(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString().replace('Z', '+00:00');
}

function json(value: string | null): Json {
  return value === null ? {} : (JSON.parse(value) as Json);
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
