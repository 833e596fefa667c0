// A pass as the tables show it, whichever address it came from.
import type { ClassPass } from '@/api/teaching.ts';

/** Who blocked it is told where a teacher looks at it. */
export type ShownPass = Omit<ClassPass, 'created_at' | 'blocked_by'> & Partial<Pick<ClassPass, 'blocked_by'>>;

/** What it is called in a sentence. */
export const nameOfPass = ({ name, key_name }: Pick<ShownPass, 'name' | 'key_name'>): string => name ?? key_name;
