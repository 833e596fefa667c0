// Passes, at LiteLLM's addresses (requirement 000): made, listed, blocked and deleted by an administrator, read by who holds one.
import type { z } from 'zod';

import type {
  keyGeneratedSchema,
  keyGenerateSchema,
  keyInfoSchema,
  keyListSchema,
  KeyRecord,
  keyUpdateSchema,
} from '@hallpass/shared/litellm.ts';

import { sendJson } from './http.ts';

export type PassRecord = KeyRecord;
export type PassInput = z.input<typeof keyGenerateSchema>;
export type PassUpdate = z.input<typeof keyUpdateSchema>;
export type IssuedPass = z.infer<typeof keyGeneratedSchema>;
export type OwnPass = z.infer<typeof keyInfoSchema>['info'];

export interface PassPage {
  passes: PassRecord[];
  total: number;
}

const PAGE_SIZE = 50;

/** The newest first. @param page from 1. @throws Problem. */
export async function listPasses(token: string, page: number): Promise<PassPage> {
  const query = new URLSearchParams({
    page: String(page),
    size: String(PAGE_SIZE),
    return_full_object: 'true',
    sort_by: 'created_at',
    sort_order: 'desc',
  });
  const answer = await sendJson<z.infer<typeof keyListSchema>>(`/key/list?${query.toString()}`, { token });
  return { passes: answer.keys.filter((key) => typeof key !== 'string'), total: answer.total_count };
}

/** The answer is the only one that ever holds the key. @throws Problem. */
export function issuePass(token: string, body: PassInput): Promise<IssuedPass> {
  return sendJson<IssuedPass>('/key/generate', { method: 'POST', body, token });
}

/** Fields left out stay; null empties. @throws Problem. */
export function updatePass(token: string, body: PassUpdate): Promise<PassRecord> {
  return sendJson<PassRecord>('/key/update', { method: 'POST', body, token });
}

/** @param graceHours how long the old key is still good; 0: it ends at once. @throws Problem. */
export function regeneratePass(token: string, pass: string, graceHours: number): Promise<IssuedPass> {
  const body = { key: pass, grace_period: graceHours > 0 ? `${graceHours}h` : '' };
  return sendJson<IssuedPass>('/key/regenerate', { method: 'POST', body, token });
}

/** @throws Problem. */
export async function setPassBlocked(token: string, pass: string, blocked: boolean): Promise<void> {
  await sendJson(blocked ? '/key/block' : '/key/unblock', { method: 'POST', body: { key: pass }, token });
}

/** @throws Problem. */
export async function deletePass(token: string, pass: string): Promise<void> {
  await sendJson('/key/delete', { method: 'POST', body: { keys: [pass] }, token });
}

/** What a pass says of itself. @throws Problem. */
export async function readOwnPass(key: string): Promise<OwnPass> {
  return (await sendJson<z.infer<typeof keyInfoSchema>>('/key/info', { token: key })).info;
}
