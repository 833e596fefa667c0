// A real server with real channels to a scripted upstream, and the browser that visits it.
import type { Browser } from 'playwright-core';

import { adminToken, createServerFolder, jsonInit } from '../../server/testing/server-process.ts';
import {
  type ScriptedUpstream,
  startScriptedUpstream,
  type UpstreamScript,
} from '../../server/testing/scripted-upstream.ts';
import { launchBrowser } from './browser.ts';

export interface Site extends AsyncDisposable {
  url: string;
  browser: Browser;
  upstream: ScriptedUpstream;
  /** Calls an administrator's address. */
  admin(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<Record<string, unknown>>;
  /** A model of the scripted upstream, on a channel of its own; answers with the channel's id. */
  /** @param fields more of POST /api/admin/channels. */
  addModel(name: string, script: UpstreamScript, fields?: object): Promise<string>;
}

export async function openSite(env: Record<string, string> = {}): Promise<Site> {
  const folder = await createServerFolder();
  const upstream = startScriptedUpstream();
  const { url } = await folder.start({ GUEST_RPM: '1000', ...env });
  const browser = await launchBrowser();
  const token = await adminToken(url);

  async function admin(method: string, path: string, body: object = {}): Promise<Record<string, unknown>> {
    const response = await fetch(url + path, { ...jsonInit(body, token), method });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  }

  return {
    url,
    browser,
    upstream,
    admin,
    addModel: async (name, script, fields = {}) => {
      upstream.script(name, script);
      const body = { name: `channel of ${name}`, base_url: upstream.baseUrl, api_key: 'sk-upstream-1', model_id: name };
      return String((await admin('POST', '/api/admin/channels', { ...body, ...fields })).id);
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      upstream[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
