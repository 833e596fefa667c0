// Turns the call log's query into a filter: days in the server's zone, and the cursor of a page. Pure.
import type { CallLogFilter } from '@hallpass/shared/call-log.ts';

import { AppError } from '../lib/app-error.ts';
import { normalizeIp } from '../lib/networks.ts';
import type { LogFilter, LogPlace } from './log-store.ts';

/** @throws AppError invalid_parameter for a day that does not exist. */
export function logFilter(query: CallLogFilter, timeZone: string): LogFilter {
  return {
    from: query.start === undefined ? undefined : momentOf('start', query.start, timeZone, 0),
    until: query.end === undefined ? undefined : momentOf('end', query.end, timeZone, 1),
    user: query.user,
    // As it is stamped on calls, however it was copied.
    ip: query.ip && normalizeIp(query.ip),
    model: query.model,
    channel: query.channel,
    classroom: query.classroom,
    pass: query.pass,
    status: query.status,
    activationCode: query.activation_code,
    kind: query.kind,
    requestId: query.request_id,
  };
}

/** @param afterDays days added to a calendar day: 1 includes it whole. */
function momentOf(param: string, text: string, timeZone: string, afterDays: number): number {
  if (/^\d+$/.test(text)) return Number(text);
  if (text.length > 10) return Date.parse(text);
  try {
    return Temporal.PlainDate.from(text).add({ days: afterDays }).toZonedDateTime({ timeZone }).epochMilliseconds;
  } catch (cause) {
    throw new AppError('invalid_parameter', { param, params: { param, detail: `${text} is not a day` }, cause });
  }
}

export function toCursor({ openedAt, id }: LogPlace): string {
  return `${openedAt.toString(36)}.${id}`;
}

/** @throws AppError invalid_parameter */
export function fromCursor(cursor: string): LogPlace {
  const [, time, id] = /^([0-9a-z]{1,11})\.([\w-]{1,100})$/.exec(cursor) ?? [];
  if (time === undefined || id === undefined)
    throw new AppError('invalid_parameter', { param: 'cursor', params: { param: 'cursor', detail: 'is not ours' } });
  return { openedAt: Number.parseInt(time, 36), id };
}
