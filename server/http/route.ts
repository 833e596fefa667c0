// Declares one HTTP address: guard, schemas and handler in one value. Validation, the response filter and the
// API document all come from it. Relayed calls (/v1/chat/completions …) use `raw` and guard their bodies themselves.
import type { Context as HonoContext } from 'hono';
import type { z } from 'zod';

import type { Locale } from '@hallpass/shared/errors.ts';
import type { Guard } from '@hallpass/shared/roles.ts';

import type { AppContext } from '../context.ts';
import type { LoginUser } from '../users/logins.ts';

/** What Hono carries for each request. */
export interface HttpEnv {
  Bindings: { ip: string };
  /** `localeAsked`: the request named one of our languages; otherwise `locale` is the default. */
  Variables: { requestId: string; locale: Locale; localeAsked: boolean; ip: string; family: ErrorFamily };
}

/** Whose shape errors take: OpenAI's, LiteLLM's `/key/*`, or requirement 001's `/api/chat`. */
export type ErrorFamily = 'openai' | 'litellm' | 'chat' | 'messages';

type Parsed<S> = S extends z.ZodType ? z.infer<S> : undefined;

export interface RouteInput<B, Q, P> {
  ctx: AppContext;
  http: HonoContext<HttpEnv>;
  body: Parsed<B>;
  query: Parsed<Q>;
  params: Parsed<P>;
  locale: Locale;
  /** Set when the guard is `login`, `teacher` or `admin`, or when `adminKey` was passed by an admin's login. */
  user: LoginUser | undefined;
}

export interface RouteDocs {
  body?: z.ZodType;
  response?: z.ZodType;
  /** Set where `stream: true` answers server-sent events: the schema of one `data:`. */
  event?: z.ZodType;
  description?: string;
}

export interface Route<B = unknown, Q = unknown, P = unknown, R extends z.ZodType = z.ZodType> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Hono's form: `/api/admin/channels/:id`. */
  path: string;
  guard: Guard;
  summary: string;
  tag: string;
  family?: ErrorFamily;
  body?: B;
  query?: Q;
  params?: P;
  /** Fields that are not in it never leave. Absent for `raw`. */
  response?: R;
  status?: number;
  /** Largest request body in bytes; 1 MiB where absent. */
  maxBodyBytes?: number;
  handler?: (input: RouteInput<B, Q, P>) => Promise<z.input<R>>;
  /** As `handler`, behind the guard and the schemas, but answers by itself: files. */
  file?: (input: RouteInput<B, Q, P>) => Promise<Response>;
  /** The media type of a `file`. */
  fileType?: string;
  /** What a `raw` route reads and answers, for the API document only. */
  docs?: RouteDocs;
  /** Answers by itself; no parsing, no filter. */
  raw?: (http: HonoContext<HttpEnv>, ctx: AppContext) => Promise<Response> | Response;
}

/** Keeps the schemas' types while a list of routes stays a list of one type. */
export function defineRoute<
  B extends z.ZodType | undefined,
  Q extends z.ZodType | undefined,
  P extends z.ZodType | undefined,
  R extends z.ZodType,
>(route: Route<B, Q, P, R>): Route {
  return route as unknown as Route;
}
