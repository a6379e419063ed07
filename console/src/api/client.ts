import createClient, { type Middleware } from 'openapi-fetch';
import type { paths } from './schema';

/** What the server says when it refuses: a stable code that the console translates, and a sentence for the log. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly errors: readonly { location?: string; message?: string; value?: unknown }[] = [],
  ) {
    super(detail);
    this.name = 'Refusal';
  }
}

type Problem = {
  code?: string;
  detail?: string;
  title?: string;
  errors?: { location?: string; message?: string; value?: unknown }[] | null;
};

// The server refuses changes of a cookie session without this header, which no other site can make a browser send.
const csrf: Middleware = {
  onRequest({ request }) {
    if (request.method !== 'GET') request.headers.set('X-Noroshi-CSRF', '1');
    return request;
  },
};

/** The client of the API, typed by the server's own OpenAPI document. */
export const client = createClient<paths>({ baseUrl: window.location.origin });
client.use(csrf);

/** Unwraps an answer: its data, or a Refusal thrown. A server that cannot be reached is a Refusal with status 0 and code "unreachable". */
export async function unwrap<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new Refusal(0, 'unreachable', String(cause));
  });
  if (response.ok) return data as T;
  const problem = (typeof error === 'object' ? error : {}) as Problem;
  throw new Refusal(
    response.status,
    problem.code ?? 'other',
    problem.detail ?? problem.title ?? response.statusText,
    problem.errors ?? [],
  );
}
