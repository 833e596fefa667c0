// Changes a request body as one vendor needs it. Pure; channels without such rules never come here.
import type { BodyRules } from '../../../models/catalog.ts';

/** A new body: what the vendor lacks is left out, what it names otherwise renamed, its extras filled in. */
export function vendorBody(body: Record<string, unknown>, rules: BodyRules): Record<string, unknown> {
  // Extras come first, so that whatever the client sent stands in their place.
  const result: Record<string, unknown> = { ...rules.extra, ...body };
  for (const [from, to] of Object.entries(rules.rename)) {
    if (result[from] !== undefined && result[to] === undefined) result[to] = result[from];
    delete result[from];
  }
  for (const name of rules.drop) delete result[name];
  if (rules.streamUsage === 'unasked') delete result.stream_options;
  else if (rules.streamUsage === 'continuous' && body.stream)
    result.stream_options = { ...(result.stream_options as object | undefined), continuous_usage_stats: true };
  return result;
}
