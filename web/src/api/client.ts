import { ApiProblem, problemOf } from './problem';
import type { paths } from './schema';

const TIMEOUT_MS = 15_000;
/** Characters; browsers refuse to keep more than 64 KB on their way. */
const MAX_KEPT_ALIVE = 12_000;

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type PathWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];
type Operation<M extends Method, P extends PathWith<M>> =
  paths[P] extends Record<M, infer Op> ? Op : never;

type Json<Response> = Response extends { content: { 'application/json': infer Body } }
  ? Body
  : undefined;
export type Answer<M extends Method, P extends PathWith<M>> =
  Operation<M, P> extends { responses: infer Responses }
    ? Json<Responses[keyof Responses & (200 | 201 | 202 | 204)]>
    : never;

type Part<Parameters, Name extends string> =
  Parameters extends Record<Name, infer Values> ? { [N in Name]: Values } : object;
type OptionalPart<Parameters, Name extends string> =
  Parameters extends Partial<Record<Name, infer Values>>
    ? { [N in Name]?: NonNullable<Values> }
    : object;
type Body<Op> = Op extends { requestBody: { content: { 'application/json': infer Sent } } }
  ? { body: Sent }
  : { body?: FormData | Blob };
type Request<Op> = (Op extends { parameters: infer Parameters }
  ? Part<Parameters, 'path'> & OptionalPart<Parameters, 'query'>
  : object) &
  Body<Op> & { signal?: AbortSignal };

/** A request of which nothing is required may be left out. */
type Optional<R> = object extends R ? [request?: R] : [request: R];

type Ask<M extends Method> = <P extends PathWith<M>>(
  path: P,
  ...request: Optional<Request<Operation<M, P>>>
) => Promise<Answer<M, P>>;

export interface Api {
  get: Ask<'get'>;
  /** Asks for what the next `get` of the same address will be answered with. */
  ahead: Ask<'get'>;
  post: Ask<'post'>;
  put: Ask<'put'>;
  patch: Ask<'patch'>;
  delete: Ask<'delete'>;
}

/**
 * The server's API with the types of its schema. Small on purpose: the pages have a budget.
 * Every failure is an ApiProblem; a request that its caller gave up stays an AbortError.
 * csrfToken: asked before every write; empty where nobody is signed in.
 */
export function createApi(csrfToken: () => string): Api {
  const early = new Map<string, Promise<unknown>>();
  const ask =
    (method: Method) =>
    (path: string, request: Loose = {}): Promise<unknown> => {
      const url = address(path, request);
      const asked = method === 'get' && early.get(url);
      if (!asked) return send(method.toUpperCase(), url, request, csrfToken);
      early.delete(url);
      return asked;
    };
  const ahead = (path: string, request: Loose = {}): Promise<unknown> => {
    const asked = ask('get')(path, request);
    early.set(address(path, request), asked);
    return asked;
  };
  return {
    get: ask('get') as Ask<'get'>,
    ahead: ahead as Ask<'get'>,
    post: ask('post') as Ask<'post'>,
    put: ask('put') as Ask<'put'>,
    patch: ask('patch') as Ask<'patch'>,
    delete: ask('delete') as Ask<'delete'>,
  };
}

interface Loose {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  signal?: AbortSignal;
}

function address(template: string, { path = {}, query = {} }: Loose): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name] ?? ''));
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => [key, String(one)]),
  );
  const text = new URLSearchParams(pairs).toString();
  return text ? `${filled}?${text}` : filled;
}

async function send(
  method: string,
  url: string,
  { body, signal }: Loose,
  csrfToken: () => string,
): Promise<unknown> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  // Not read for a GET: what is fetched would be fetched again whenever the session changes.
  if (method !== 'GET') headers['X-CSRF-Token'] = csrfToken();
  const isFile = body instanceof FormData || body instanceof Blob;
  if (body !== undefined && !isFile) headers['Content-Type'] = 'application/json';
  const sent = body === undefined ? null : isFile ? body : JSON.stringify(body);
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  // A page that is left at once must not take what was just said with it.
  const keepalive = typeof sent === 'string' && sent.length < MAX_KEPT_ALIVE;
  const either = signal ? AbortSignal.any([signal, limit]) : limit;
  let response: Response;
  try {
    response = await fetch(url, { method, headers, body: sent, keepalive, signal: either });
    if (response.ok) return response.status === 204 ? undefined : await response.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiProblem(0, String(error));
  }
  throw await problemOf(response);
}
