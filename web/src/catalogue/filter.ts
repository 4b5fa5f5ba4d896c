import type { paths } from '../api/schema';

export type ItemsQuery = NonNullable<paths['/api/v1/items']['get']['parameters']['query']>;

/** What of the catalogue is asked for. Lives in the address, so that a view can be shared. */
export interface Filter {
  q: string;
  genre: string[];
  genre_all: string[];
  genre_none: string[];
  tag: string[];
  year_from: number | undefined;
  year_to: number | undefined;
  rating_from: number | undefined;
  rating_to: number | undefined;
  min_ratings: number | undefined;
  watched: string;
  sort: string;
}

const LISTS = ['genre', 'genre_all', 'genre_none', 'tag'] as const;
const NUMBERS = ['year_from', 'year_to', 'rating_from', 'rating_to', 'min_ratings'] as const;
const TEXTS = ['q', 'watched', 'sort'] as const;
const KEYS: readonly string[] = [...LISTS, ...NUMBERS, ...TEXTS];

export function readFilter(query: URLSearchParams): Filter {
  const number = (key: string) => {
    const text = query.get(key);
    return text && Number.isFinite(Number(text)) ? Number(text) : undefined;
  };
  return {
    q: query.get('q') ?? '',
    genre: query.getAll('genre'),
    genre_all: query.getAll('genre_all'),
    genre_none: query.getAll('genre_none'),
    tag: query.getAll('tag'),
    year_from: number('year_from'),
    year_to: number('year_to'),
    rating_from: number('rating_from'),
    rating_to: number('rating_to'),
    min_ratings: number('min_ratings'),
    watched: query.get('watched') ?? '',
    sort: query.get('sort') ?? '',
  };
}

/** The query with this filter in it; what else it holds stays. */
export function writeFilter(query: URLSearchParams, filter: Filter): URLSearchParams {
  const written = new URLSearchParams([...query].filter(([key]) => !KEYS.includes(key)));
  for (const key of LISTS) for (const value of filter[key]) written.append(key, value);
  for (const key of NUMBERS) if (filter[key] !== undefined) written.set(key, String(filter[key]));
  for (const key of TEXTS) if (filter[key]) written.set(key, filter[key]);
  return written;
}

/** How many conditions there are, the order aside. */
export function nConditions(filter: Filter): number {
  const lists = LISTS.reduce((sum, key) => sum + filter[key].length, 0);
  const numbers = NUMBERS.filter((key) => filter[key] !== undefined).length;
  return lists + numbers + (filter.q ? 1 : 0) + (filter.watched ? 1 : 0);
}

/** The parameters of the API: only those that say something. */
export function asked(filter: Filter): ItemsQuery {
  return Object.fromEntries(
    Object.entries(filter).filter(([, value]) => value !== undefined && value.length !== 0),
  ) as ItemsQuery;
}

export type GenreUse = 'off' | 'any' | 'must' | 'mustNot';

export function useOf(filter: Filter, genre: string): GenreUse {
  if (filter.genre.includes(genre)) return 'any';
  if (filter.genre_all.includes(genre)) return 'must';
  return filter.genre_none.includes(genre) ? 'mustNot' : 'off';
}

/** One click further: off, any of these, must have, must not have, off again. */
export function nextUse(filter: Filter, genre: string): Filter {
  const without = (list: string[]) => list.filter((name) => name !== genre);
  const cleared = {
    ...filter,
    genre: without(filter.genre),
    genre_all: without(filter.genre_all),
    genre_none: without(filter.genre_none),
  };
  switch (useOf(filter, genre)) {
    case 'off':
      return { ...cleared, genre: [...cleared.genre, genre] };
    case 'any':
      return { ...cleared, genre_all: [...cleared.genre_all, genre] };
    case 'must':
      return { ...cleared, genre_none: [...cleared.genre_none, genre] };
    case 'mustNot':
      return cleared;
  }
}
