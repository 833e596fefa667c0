// The one list of migrations, in order. Append; never change what has been released.
import type { Migration } from 'kysely/migration';

import * as initial from './0001-initial/index.ts';
import * as replicas from './0002-replicas/index.ts';
import * as llmService from './0003-llm-service/index.ts';
import * as limits from './0004-limits/index.ts';
import * as memberClocks from './0005-member-clocks/index.ts';
import * as channelChecks from './0006-channel-checks/index.ts';
import * as fallbacks from './0007-fallbacks/index.ts';
import * as redeemedCodes from './0008-redeemed-codes/index.ts';
import * as carriedCounts from './0009-carried-counts/index.ts';
import * as replacedKeys from './0010-replaced-keys/index.ts';
import * as alerts from './0011-alerts/index.ts';
import * as usageSums from './0012-usage-sums/index.ts';
import * as audioTokens from './0013-audio-tokens/index.ts';
import * as issuedResponses from './0014-issued-responses/index.ts';
import * as blockedBy from './0015-blocked-by/index.ts';

export const migrations: Record<string, Migration> = {
  '0001-initial': initial,
  '0002-replicas': replicas,
  '0003-llm-service': llmService,
  '0004-limits': limits,
  '0005-member-clocks': memberClocks,
  '0006-channel-checks': channelChecks,
  '0007-fallbacks': fallbacks,
  '0008-redeemed-codes': redeemedCodes,
  '0009-carried-counts': carriedCounts,
  '0010-replaced-keys': replacedKeys,
  '0011-alerts': alerts,
  '0012-usage-sums': usageSums,
  '0013-audio-tokens': audioTokens,
  '0014-issued-responses': issuedResponses,
  '0015-blocked-by': blockedBy,
};
