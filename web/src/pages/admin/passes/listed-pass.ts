// LiteLLM's record of a pass as the table shows it, together with the record, which the forms need.
import type { PassRecord } from '@/api/passes.ts';
import type { ShownPass } from '@/components/passes/pass.ts';

export interface ListedPass extends ShownPass {
  record: PassRecord;
}

type Named = Pick<PassRecord, 'key_alias' | 'seat_name' | 'key_name'>;

export const nameOfRecord = ({ key_alias, seat_name, key_name }: Named): string => key_alias ?? seat_name ?? key_name;

export function toListed(record: PassRecord): ListedPass {
  return {
    id: record.token,
    name: record.key_alias ?? record.seat_name,
    key_name: record.key_name,
    spent: record.spend,
    budget: record.max_budget,
    blocked: record.blocked,
    expires_at: record.expires,
    record,
  };
}
