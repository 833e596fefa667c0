// What Google says beside an error's status: `google.rpc.Status` with its details.
// https://google.aip.dev/193 and https://ai.google.dev/gemini-api/docs/troubleshooting

type Fields = Record<string, unknown>;

export interface GoogleError {
  /** The HTTP status it stands for, also where it came within a stream that had begun with 200. */
  httpStatus: number | undefined;
  /** A key that Google does not know: it answers 400, not 401. */
  isBadKey: boolean;
  /** The project, not the request: no billing, or Gemini is not to be had from here. */
  isBadProject: boolean;
  /** `RetryInfo`: how long to leave it alone. */
  retryAfterMs: number | undefined;
}

/** @param text the error as JSON, bare or in a list of one, as the OpenAI-compatible door sends it. */
export function readGoogleError(text: string): GoogleError {
  const error = errorIn(text);
  const details = Array.isArray(error?.details) ? (error.details as (Fields | null)[]) : [];
  const typed = (type: string) => details.find((detail) => String(detail?.['@type']).endsWith(`google.rpc.${type}`));
  const { code, status, message } = error ?? {};
  return {
    httpStatus: typeof code === 'number' && Number.isInteger(code) && code >= 400 && code <= 599 ? code : undefined,
    isBadKey:
      typed('ErrorInfo')?.reason === 'API_KEY_INVALID' ||
      (status === 'INVALID_ARGUMENT' && /^API key (not valid|expired)/i.test(String(message))),
    isBadProject: status === 'FAILED_PRECONDITION',
    retryAfterMs: durationMs(typed('RetryInfo')?.retryDelay),
  };
}

/** A protobuf duration in JSON, such as `34.4s`. */
function durationMs(value: unknown): number | undefined {
  const seconds = typeof value === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(value)?.[1] : undefined;
  return seconds === undefined ? undefined : Math.ceil(Number(seconds) * 1_000);
}

function errorIn(text: string): Fields | undefined {
  try {
    const body: unknown = JSON.parse(text);
    const { error } = ((Array.isArray(body) ? body[0] : body) ?? {}) as Fields;
    return typeof error === 'object' && error !== null ? (error as Fields) : undefined;
  } catch {
    return undefined;
  }
}
