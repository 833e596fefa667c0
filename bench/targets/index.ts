// Every target, in the order of the table's columns.
import { direct } from './direct.ts';
import { hallpass, hallpassPostgres } from './hallpass.ts';
import { nginx } from './nginx.ts';
import { portkey } from './portkey.ts';
import type { Target } from './target.ts';

export const TARGETS: readonly Target[] = [direct, nginx, hallpass, hallpassPostgres, portkey];
