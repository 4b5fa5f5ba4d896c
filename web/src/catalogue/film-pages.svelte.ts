import type { Api } from '../api/client';
import type { Facets, Film } from '../api/types';
import type { ItemsQuery } from './filter';

const FIRST_PAGE = 60;
const PAGE = 200;

/** A view of the catalogue, fetched where it is looked at, however far down that is. */
export class FilmPages {
  /** By place in the view; holes where nothing has been fetched yet. */
  films = $state.raw<readonly (Film | undefined)[]>([]);
  total = $state(0);
  facets = $state.raw<Facets | undefined>(undefined);
  error = $state.raw<unknown>(undefined);
  busy = $state(false);
  #query: ItemsQuery = {};
  #wanted = { begin: 0, end: 0 };
  #round = 0;
  #work: Promise<void> | undefined;

  constructor(
    private readonly api: Api,
    private readonly onPage: (films: readonly Film[]) => void,
  ) {}

  /** Begins another view. What was shown stays until its first page is there. */
  async show(query: ItemsQuery): Promise<void> {
    this.#query = query;
    this.#wanted = { begin: 0, end: 0 };
    const round = ++this.#round;
    this.busy = true;
    this.#work = undefined;
    try {
      const page = await this.#fetch(0, FIRST_PAGE);
      if (round !== this.#round) return;
      this.films = page.items;
      this.total = page.n_items;
      this.facets = page.facets;
      this.error = undefined;
    } catch (error) {
      if (round === this.#round) this.error = error;
    }
    if (round !== this.#round) return;
    this.busy = false;
    if (this.error === undefined) await this.reach(this.#wanted.begin, this.#wanted.end);
  }

  /** Fetches what is missing between two places. A later call replaces what an earlier one wants. */
  reach(begin: number, end: number): Promise<void> {
    this.#wanted = { begin, end };
    if (this.busy && !this.#work) return Promise.resolve();
    this.#work ??= this.#fetchWanted(this.#round);
    return this.#work;
  }

  again(): Promise<void> {
    const { begin, end } = this.#wanted;
    return this.films.length > 0 ? this.reach(begin, end) : this.show(this.#query);
  }

  async #fetchWanted(round: number): Promise<void> {
    // Not before the next microtask: a caller may be an effect, which must not depend on this.
    await Promise.resolve();
    this.busy = true;
    try {
      for (let at = this.#missing(); at !== undefined; at = this.#missing()) {
        const page = await this.#fetch(at, PAGE);
        if (round !== this.#round) return;
        if (page.items.length === 0) break;
        const films = this.films.slice();
        for (const [place, film] of page.items.entries()) films[at + place] = film;
        this.films = films;
      }
      this.error = undefined;
    } catch (error) {
      if (round === this.#round) this.error = error;
    } finally {
      if (round === this.#round) {
        this.busy = false;
        this.#work = undefined;
      }
    }
  }

  #missing(): number | undefined {
    const end = Math.min(this.#wanted.end, this.total);
    for (let at = this.#wanted.begin; at < end; at += 1) if (!this.films[at]) return at;
    return undefined;
  }

  async #fetch(offset: number, limit: number) {
    const query = { ...this.#query, limit, ...(offset > 0 ? { offset } : {}) };
    const page = await this.api.get('/api/v1/items', { query });
    this.onPage(page.items);
    return page;
  }
}
