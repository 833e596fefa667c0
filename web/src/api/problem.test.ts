import { describe, expect, test } from 'vitest';

import { problemFromBody } from './problem.ts';

describe('a problem', () => {
  test('of requirement 001’s limit has its wait', () => {
    const problem = problemFromBody(
      { error: { type: 'rate_limit_exceeded', message: '您超过当前使用限制，请稍后再试', retry_after: 60 } },
      { status: 429 },
    );
    expect(problem).toMatchObject({ kind: 'limit', retryAfterSeconds: 60, message: '您超过当前使用限制，请稍后再试' });
  });

  test.each([
    ['upstream_error', 'upstream_error', 502, 'upstream'],
    ['server_error', 'upstream_timeout', 504, 'upstream'],
    ['server_error', 'stream_cut', 0, 'upstream'],
    ['server_error', 'channel_unavailable', 503, 'upstream'],
    ['rate_limit_error', 'login_throttled', 429, 'limit'],
    ['insufficient_quota', 'insufficient_quota', 429, 'quota'],
    ['authentication_error', 'login_expired', 401, 'login'],
    ['permission_error', 'guests_off', 403, 'login'],
    ['permission_error', 'class_closed', 403, 'closed'],
    ['permission_error', 'class_paused', 403, 'closed'],
    ['permission_error', 'model_not_allowed', 403, 'refused'],
    ['authentication_error', 'login_failed', 401, 'refused'],
    ['server_error', 'internal_error', 500, 'refused'],
  ])('of type %s, code %s is shown as %s', (type, code, status, kind) => {
    expect(problemFromBody({ error: { type, code, message: 'x' } }, { status }).kind).toBe(kind);
  });

  test('takes the wait from the header, and one minute where a limit names none', () => {
    const headers = new Headers({ 'retry-after': '7', 'x-request-id': 'req_1' });
    expect(problemFromBody({}, { status: 429, headers })).toMatchObject({ retryAfterSeconds: 7, requestId: 'req_1' });
    expect(problemFromBody({}, { status: 429 }).retryAfterSeconds).toBe(60);
  });

  test.each([
    null,
    'text',
    7,
    [],
    { error: null },
    { error: 'x' },
    { error: { type: 5, message: {}, retry_after: 'soon' } },
  ])('can be read from %j', (body) => {
    expect(problemFromBody(body, { status: 500 })).toMatchObject({ kind: 'refused', message: '' });
  });

  test('never asks for a longer wait than a day', () => {
    expect(problemFromBody({ error: { type: 'rate_limit_exceeded', retry_after: 1e12 } }).retryAfterSeconds).toBe(
      86_400,
    );
  });
});
