// A pass as the tables show it, whichever address it came from.
import type { ClassPass } from '@/api/teaching.ts';

export type ShownPass = Omit<ClassPass, 'created_at'>;

/** What it is called in a sentence. */
export const nameOfPass = ({ name, key_name }: Pick<ShownPass, 'name' | 'key_name'>): string => name ?? key_name;
