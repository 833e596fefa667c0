// Every target, in the order of the table's columns.
import { direct } from './direct.ts';
import { crabllm } from './crabllm.ts';
import { hallpass, hallpassPostgres, hallpassRedis } from './hallpass.ts';
import { litellm, litellmDatabase } from './litellm.ts';
import { nginx } from './nginx.ts';
import { portkey } from './portkey.ts';
import type { Target } from './target.ts';

export const TARGETS: readonly Target[] = [
  direct,
  nginx,
  hallpass,
  hallpassPostgres,
  hallpassRedis,
  crabllm,
  portkey,
  litellm,
  litellmDatabase,
];
