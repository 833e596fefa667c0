// Where activation codes come from: all of them, or those of one class.
import type { CodesInput, CodesPage } from '@hallpass/shared/classrooms.ts';

import type { NewCode } from '@/api/classrooms.ts';

/** Each is called with the sign-in, and may throw a Problem. */
export interface CodeSource {
  /** The class its codes are for; '' = whoever makes them chooses. */
  classroom: string;
  /** The newest first. */
  list: (token: string, filter: { status: string; cursor: string | undefined }) => Promise<CodesPage>;
  make: (token: string, body: CodesInput) => Promise<NewCode[]>;
  revoke: (token: string, id: string) => Promise<void>;
}
