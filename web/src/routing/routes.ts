/** The pages, by the first part of the path. The server answers the same paths with the shell. */
export type Route =
  | { page: 'home' }
  | { page: 'films' }
  | { page: 'film'; itemId: string }
  | { page: 'profile' }
  | { page: 'welcome' }
  | { page: 'together' }
  | { page: 'operate' }
  | { page: 'unknown' };

const PLAIN = ['films', 'profile', 'welcome', 'together', 'operate'] as const;

export function routeOf(path: string): Route {
  const [first = '', second, ...rest] = path.split('/').filter(Boolean);
  if (first === '') return { page: 'home' };
  if (first === 'film' && second && rest.length === 0) {
    return { page: 'film', itemId: decoded(second) };
  }
  const plain = PLAIN.find((page) => page === first);
  return plain && second === undefined ? { page: plain } : { page: 'unknown' };
}

export function filmPath(itemId: string): string {
  return `/film/${encodeURIComponent(itemId)}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
