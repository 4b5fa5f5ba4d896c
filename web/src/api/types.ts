import type { Answer } from './client';

export type Me = Answer<'get', '/api/v1/me'>;
export type Account = NonNullable<Me['account']>;
export type DeviceAccount = Answer<'get', '/api/v1/sessions'>[number];
export type Slate = Answer<'get', '/api/v1/popular'>;
export type SlateItem = Slate['items'][number];
export type ItemsPage = Answer<'get', '/api/v1/items'>;
export type Facets = ItemsPage['facets'];
export type Film = ItemsPage['items'][number];
export type FilmDetail = Answer<'get', '/api/v1/items/{item_id}'>;
export type Review = Answer<'get', '/api/v1/items/{item_id}/reviews'>['items'][number];
export type MyItem = Answer<'get', '/api/v1/me/items/{item_id}'>;
export type MyListedItem = Answer<'get', '/api/v1/me/items'>['items'][number];
export type Taste = Answer<'get', '/api/v1/me/taste'>;
export type ServerConfig = Answer<'get', '/api/v1/config'>;

/** The least a poster needs; every film the API sends has it. */
export interface Tile {
  item_id: string;
  title: string;
  year?: number | null;
  genres: string[];
}
