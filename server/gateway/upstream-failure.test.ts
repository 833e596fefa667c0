import { describe, expect, test } from 'bun:test';

import { UpstreamUnreachable } from './protocols/protocol.ts';
import { cleanDetail, failureOfError, failureOfStatus, retryAfterOf } from './upstream-failure.ts';

describe('how an upstream failed', () => {
  test.each([
    [500, 'upstream_error', true],
    [502, 'upstream_error', true],
    [529, 'upstream_error', true],
    [408, 'upstream_error', true],
    [429, 'upstream_busy', true],
    [401, 'upstream_error', true],
    [403, 'upstream_error', true],
    [204, 'upstream_error', true],
    [302, 'upstream_error', false],
    [400, 'upstream_rejected', false],
    [404, 'upstream_rejected', false],
    [413, 'upstream_rejected', false],
    [422, 'upstream_rejected', false],
  ] as const)('HTTP %i → %s, tried elsewhere: %p, the prompt not charged', (status, code, retry) => {
    expect(failureOfStatus(status, '{}', undefined)).toMatchObject({
      code,
      retry,
      chargePrompt: false,
      httpStatus: status,
    });
  });

  test('Google says by its details what its status does not', () => {
    const google = (code: number, status: string, details: object[] = []) =>
      failureOfStatus(code, JSON.stringify({ error: { code, status, message: 'Its words.', details } }), undefined);
    const type = 'type.googleapis.com/google.rpc';
    const busy = google(429, 'RESOURCE_EXHAUSTED', [{ '@type': `${type}.RetryInfo`, retryDelay: '34.4s' }]);
    expect(busy).toMatchObject({ code: 'upstream_busy', key: { effect: 'cool', ms: 34_400 } });
    const badKey = google(400, 'INVALID_ARGUMENT', [{ '@type': `${type}.ErrorInfo`, reason: 'API_KEY_INVALID' }]);
    expect(badKey).toMatchObject({ code: 'upstream_error', retry: true, key: { effect: 'disable' } });
    expect(google(400, 'FAILED_PRECONDITION')).toMatchObject({ code: 'upstream_error', retry: true, unhealthy: true });
    expect(google(400, 'INVALID_ARGUMENT')).toMatchObject({
      code: 'upstream_rejected',
      retry: false,
      options: { params: { detail: 'Its words.' } },
    });
    const listed = failureOfStatus(404, '[{"error":{"code":404,"message":"No such model."}}]', undefined);
    expect(listed.options.params).toEqual({ detail: 'No such model.' });
  });

  test('only 401 and 403 disable a key, only 429 cools one', () => {
    expect(failureOfStatus(401, '{"error":{"message":"no such key"}}', undefined).key).toEqual({
      effect: 'disable',
      reason: 'HTTP 401: no such key',
    });
    expect(failureOfStatus(429, '', 7_000).key).toMatchObject({ effect: 'cool', ms: 7_000 });
    expect(failureOfStatus(429, '{"error":{"message":"slow down"}}', undefined).key).toEqual({
      effect: 'cool',
      ms: undefined,
      reason: 'HTTP 429: slow down',
    });
    expect(failureOfStatus(500, '', undefined).key).toBeUndefined();
  });

  test('the caller’s own mistakes do not count against the channel', () => {
    expect(failureOfStatus(400, '', undefined).unhealthy).toBe(false);
    expect(failureOfStatus(500, '', undefined).unhealthy).toBe(true);
  });

  test('nothing is charged when no connection was made; the prompt when it may have arrived', () => {
    expect(failureOfError(new UpstreamUnreachable('refused'), undefined)).toMatchObject({
      chargePrompt: false,
      retry: true,
    });
    expect(failureOfError(new Error('reset'), undefined)).toMatchObject({ chargePrompt: true, retry: true });
    expect(failureOfError(new Error('x'), 'timeout')).toMatchObject({
      code: 'upstream_timeout',
      chargePrompt: true,
      status: 'timeout',
    });
    expect(failureOfError(new Error('x'), 'client')).toMatchObject({
      status: 'cancelled',
      retry: false,
      chargePrompt: true,
    });
  });

  test('Retry-After in seconds, as a date, in milliseconds, or nonsense', () => {
    const now = Date.UTC(2026, 10, 21, 2, 0, 0);
    const read = (headers: Record<string, string>) => retryAfterOf(new Headers(headers), now);
    expect(read({ 'retry-after': '3' })).toBe(3_000);
    expect(read({ 'retry-after': 'Sat, 21 Nov 2026 02:00:05 GMT' })).toBe(5_000);
    expect(read({ 'retry-after': 'Sat, 21 Nov 2026 01:00:00 GMT' })).toBeUndefined();
    expect(read({ 'retry-after-ms': '1500', 'retry-after': '2' })).toBe(1_500);
    expect(read({ 'retry-after-ms': 'x', 'retry-after': '2' })).toBe(2_000);
    expect(read({ 'retry-after': 'soon' })).toBeUndefined();
    expect(read({ 'retry-after': '-5' })).toBeUndefined();
    expect(read({})).toBeUndefined();
  });

  test('what is relayed holds no address, key or control character, and is short', () => {
    const text = JSON.stringify({
      error: { message: `at http://10.1.2.3/x with sk-abcdef12345 \u001b[31m ${'y'.repeat(999)}` },
    });
    const clean = cleanDetail(text);
    expect(clean).not.toMatch(/10\.1|sk-abc|\p{Cc}/u);
    expect(clean.length).toBeLessThanOrEqual(300);
    expect(cleanDetail('<html>stack trace at /srv/app.js</html>')).toBe('');
  });
});
