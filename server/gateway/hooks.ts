// User hooks in TypeScript: files in a folder of their own, asked before each call is counted.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { AppError } from '../lib/app-error.ts';
import type { Logger } from '../lib/logger.ts';
import { copyBody } from './protocols/media/upload.ts';
import type { AskedCall } from './call.ts';

/** What a hook is shown. `body` is the request as it will be sent; a hook may change its fields in place. */
export interface PreCallInput {
  body: Record<string, unknown>;
  model: string;
  endpoint: string;
  ip: string;
  passId: string | null;
  passName: string | null;
  userId: string | null;
  classroomId: string | null;
  seatId: string | null;
  now: Date;
}

/** Returning `{ refuse }` refuses the call with that sentence; returning nothing lets it pass. */
export type PreCallHook = (input: PreCallInput) => void | { refuse: string } | Promise<void | { refuse: string }>;

/** A hook that takes longer refuses the call: a rule that cannot be checked is not passed. */
const HOOK_TIMEOUT_MS = 2_000;

export class Hooks {
  constructor(
    readonly preCallHooks: readonly PreCallHook[],
    readonly log: Logger,
  ) {}

  /** @throws AppError request_refused, server_busy when a hook fails. */
  async preCall(call: AskedCall): Promise<AskedCall> {
    if (this.preCallHooks.length === 0) return call;
    const { principal, request, model } = call;
    const input: PreCallInput = {
      body: request.fields,
      model: model.publicName,
      endpoint: call.endpoint,
      ip: call.ip,
      passId: principal.passId,
      passName: principal.passName,
      userId: principal.userId,
      classroomId: principal.classroomId,
      seatId: principal.seatId,
      now: new Date(call.openedAt),
    };
    for (const hook of this.preCallHooks) {
      const refusal = await this.#run(hook, input);
      if (refusal !== undefined) throw new AppError('request_refused', { params: { detail: refusal.slice(0, 500) } });
    }
    return { ...call, request: call.format.check(this.#copy(input.body)) };
  }

  /** What was measured and held is what is sent: a hook that keeps the body cannot change it later. */
  #copy(body: unknown): unknown {
    try {
      return copyBody(body);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #failed(error: unknown): AppError {
    this.log.error('a preCall hook failed, so the call was refused', { error });
    return new AppError('server_busy', { retryAfterMs: 5_000, cause: error });
  }

  /** @returns the sentence of a refusal. */
  async #run(hook: PreCallHook, input: PreCallInput): Promise<string | undefined> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`a preCall hook took longer than ${HOOK_TIMEOUT_MS} ms`)),
        HOOK_TIMEOUT_MS,
      );
    });
    try {
      return refusalIn(await Promise.race([hook(input), late]));
    } catch (error) {
      throw this.#failed(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Anything but nothing and `{ refuse: 'a sentence' }` is no verdict. */
function refusalIn(verdict: unknown): string | undefined {
  if (verdict === undefined || verdict === null) return undefined;
  const { refuse } = verdict as { refuse?: unknown };
  if (typeof refuse === 'string' && refuse !== '') return refuse;
  throw new TypeError('a preCall hook returned neither nothing nor { refuse: string }');
}

/** Loads every `.ts`, `.js`, `.mjs` file of the folder in name order; a missing folder is no hooks. @throws when a file does not load. */
export async function loadHooks(folder: string, log: Logger): Promise<Hooks> {
  const names = await readdir(folder).catch((error: { code?: string }) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const hooks: PreCallHook[] = [];
  for (const name of names.filter((file) => /\.(ts|m?js)$/.test(file)).sort()) {
    const module = (await import(pathToFileURL(join(folder, name)).href)) as { preCall?: PreCallHook };
    if (typeof module.preCall === 'function') hooks.push(module.preCall);
  }
  if (hooks.length > 0) log.info('hooks loaded', { folder, preCall: hooks.length });
  return new Hooks(hooks, log);
}
