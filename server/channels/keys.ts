// Works out a channel's list of keys from a request body.
import type { ChannelUpdate } from '@hallpass/shared/channels.ts';

import { AppError } from '../lib/app-error.ts';
import type { Ids } from '../lib/clock.ts';
import type { Vault } from '../lib/vault.ts';
import { keyHint } from './rules.ts';
import type { KeyRow } from './store.ts';

export interface KeyTools {
  vault: Vault;
  ids: Ids;
  now: number;
  channelId: string;
}

/**
 * The whole list the body asks for; undefined = the keys stay. `api_key` is the only key afterwards; an entry of
 * `api_keys` without `key` keeps its secret. An empty `api_key` or the masked hint changes nothing.
 * @throws AppError invalid_parameter.
 */
export function wantedKeys(body: ChannelUpdate, stored: readonly KeyRow[], tools: KeyTools): KeyRow[] | undefined {
  if (body.api_keys) {
    return body.api_keys.map(({ id, key, status }, position) => {
      const old = stored.find((row) => row.id === id);
      if (id !== undefined && !old) throw badKey('api_keys', 'an id is not one of the channel’s keys');
      if (old && key === undefined) return { ...kept(old, tools.now), position, status: status ?? statusOnSave(old) };
      if (key === undefined) throw badKey('api_keys', 'an entry needs key or id');
      return newKey(key, { ...tools, id: old?.id, position, status });
    });
  }
  if (!body.api_key || stored.some(({ hint }) => hint === body.api_key)) return undefined;
  if (body.api_key.includes('…')) throw badKey('api_key', 'a masked key cannot be stored');
  return [newKey(body.api_key, { ...tools, position: 0 })];
}

interface NewKey extends KeyTools {
  id?: string | undefined;
  position: number;
  status?: 'enabled' | 'disabled' | undefined;
}

function newKey(
  secret: string,
  { vault, ids, now, channelId, position, status, id = ids.next('ckey') }: NewKey,
): KeyRow {
  return {
    id,
    channelId,
    position,
    ciphertext: vault.seal(id, secret),
    hint: keyHint(secret),
    status: status ?? 'enabled',
    cooldownUntil: null,
    lastError: null,
    lastErrorAt: null,
    createdAt: now,
    updatedAt: now,
  };
}

function kept(row: KeyRow, now: number): KeyRow {
  return { ...row, cooldownUntil: null, lastError: null, lastErrorAt: null, updatedAt: now };
}

/** A key its upstream refused is tried again; one an administrator disabled has no error, and stays so. */
function statusOnSave({ status, lastError }: KeyRow): string {
  return lastError === null ? status : 'enabled';
}

function badKey(param: string, detail: string): AppError {
  return new AppError('invalid_parameter', { param, params: { param, detail } });
}
