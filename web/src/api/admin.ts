// The administrator's addresses (requirement 001): channels and system settings.
import type { ChannelTestResult } from '@hallpass/shared/channel-tests.ts';
import type { ChannelView } from '@hallpass/shared/channel-views.ts';
import type { ChannelUpdate } from '@hallpass/shared/channels.ts';
import type { Preset } from '@hallpass/shared/presets.ts';
import type { ConfigReply, ConfigUpdate } from '@hallpass/shared/settings.ts';

import { sendJson } from './http.ts';

export type { ChannelTestResult, ChannelUpdate, ChannelView, ConfigReply, ConfigUpdate, Preset };

const CHANNELS = '/api/admin/channels';
const CONFIG = '/api/admin/config';

/** @throws Problem. */
export function listChannels(token: string): Promise<ChannelView[]> {
  return sendJson<ChannelView[]>(CHANNELS, { token });
}

/** @param id undefined makes a new one. @throws Problem. */
export function saveChannel(token: string, id: string | undefined, body: ChannelUpdate): Promise<ChannelView> {
  if (id === undefined) return sendJson<ChannelView>(CHANNELS, { method: 'POST', body, token });
  return sendJson<ChannelView>(`${CHANNELS}/${encodeURIComponent(id)}`, { method: 'PUT', body, token });
}

/** @throws Problem. */
export async function deleteChannel(token: string, id: string): Promise<void> {
  await sendJson(`${CHANNELS}/${encodeURIComponent(id)}`, { method: 'DELETE', token });
}

/** The vendors that pre-fill a channel. @throws Problem. */
export function listPresets(token: string): Promise<Preset[]> {
  return sendJson<Preset[]>('/api/admin/presets', { token });
}

/** What a service lists: a stored channel's, or one's that is not saved yet. @throws Problem. */
export async function listUpstreamModels(
  token: string,
  source: { channel_id: string } | { base_url: string; api_key?: string },
): Promise<string[]> {
  const options = { method: 'POST', body: source, token, timeoutMs: TEST_TIMEOUT_MS } as const;
  return (await sendJson<{ models: string[] }>('/api/admin/upstream-models', options)).models;
}

/** A key may think for 30 s before the server gives it up. */
const TEST_TIMEOUT_MS = 45_000;

/** Asks the service a short question. @param keyId null where the channel needs no key. @throws Problem. */
export function testChannel(token: string, id: string, keyId: string | null): Promise<ChannelTestResult[]> {
  const body = keyId === null ? {} : { key_id: keyId };
  const path = `${CHANNELS}/${encodeURIComponent(id)}/test`;
  return sendJson<ChannelTestResult[]>(path, { method: 'POST', body, token, timeoutMs: TEST_TIMEOUT_MS });
}

/** @throws Problem. */
export function readConfig(token: string): Promise<ConfigReply> {
  return sendJson<ConfigReply>(CONFIG, { token });
}

/** Only what is named changes. @throws Problem. */
export function writeConfig(token: string, body: ConfigUpdate): Promise<ConfigReply> {
  return sendJson<ConfigReply>(CONFIG, { method: 'PUT', body, token });
}
