// All vendors, as rows of data that pre-fill a channel. Adding a vendor is adding a row.
import type { Preset } from '@hallpass/shared/presets.ts';

import { INTERNATIONAL } from './international.ts';
import { LOCAL } from './local.ts';
import { MAINLAND_CHINA } from './mainland.ts';

export const PRESETS: readonly Preset[] = [...MAINLAND_CHINA, ...INTERNATIONAL, ...LOCAL];
