import type { Api } from '../api/client';
import type { Facets, Film } from '../api/types';
import type { ItemsQuery } from './filter';

const FIRST_PAGE = 60;
const PAGE = 200;

/** A view of the catalogue, fetched page after page as far as it is looked at. */
export class FilmPages {
  films = $state.raw<Film[]>([]);
  total = $state(0);
  facets = $state.raw<Facets | undefined>(undefined);
  error = $state.raw<unknown>(undefined);
  busy = $state(false);
  #query: ItemsQuery = {};
  #next: string | null = null;
  #wanted = 0;
  #round = 0;

  constructor(
    private readonly api: Api,
    private readonly onPage: (films: readonly Film[]) => void,
  ) {}

  /** Begins another view. What was shown stays until its first page is there. */
  async show(query: ItemsQuery): Promise<void> {
    this.#query = query;
    this.#wanted = 0;
    const round = ++this.#round;
    this.busy = true;
    try {
      const page = await this.#fetch(undefined, FIRST_PAGE);
      if (round !== this.#round) return;
      this.films = page.items;
      this.#next = page.next_cursor ?? null;
      this.total = page.n_items;
      this.facets = page.facets;
      this.error = undefined;
    } catch (error) {
      if (round === this.#round) this.error = error;
    }
    if (round !== this.#round) return;
    this.busy = false;
    void this.reach(this.#wanted);
  }

  /** Fetches on until the first n films are there. */
  async reach(n: number): Promise<void> {
    this.#wanted = Math.max(this.#wanted, Math.min(n, this.total || n));
    if (this.busy || this.#next === null || this.films.length >= this.#wanted) return;
    const round = this.#round;
    this.busy = true;
    try {
      while (this.#next !== null && this.films.length < this.#wanted) {
        const page = await this.#fetch(this.#next, PAGE);
        if (round !== this.#round) return;
        this.films = this.films.concat(page.items);
        this.#next = page.next_cursor ?? null;
      }
      this.error = undefined;
    } catch (error) {
      if (round === this.#round) this.error = error;
    } finally {
      if (round === this.#round) this.busy = false;
    }
  }

  again(): Promise<void> {
    return this.films.length > 0 && this.#next !== null
      ? this.reach(this.#wanted)
      : this.show(this.#query);
  }

  async #fetch(cursor: string | undefined, limit: number) {
    const query = { ...this.#query, limit, ...(cursor === undefined ? {} : { cursor }) };
    const page = await this.api.get('/api/v1/items', { query });
    this.onPage(page.items);
    return page;
  }
}
