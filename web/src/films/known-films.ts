import type { Slate, SlateItem, Tile } from '../api/types';

/** Films met on this visit: a card opens at once with what is known, and repeats the reason. */
export class KnownFilms {
  readonly #tiles = new Map<string, Tile>();
  readonly #reasons = new Map<string, SlateItem['reason']>();

  remember(films: readonly Tile[]): void {
    for (const film of films) this.#tiles.set(film.item_id, film);
  }

  rememberSlate(slate: Slate): void {
    this.remember(slate.items);
    for (const item of slate.items) this.#reasons.set(item.item_id, item.reason);
  }

  tile(itemId: string): Tile | undefined {
    return this.#tiles.get(itemId);
  }

  reason(itemId: string): SlateItem['reason'] | undefined {
    return this.#reasons.get(itemId);
  }
}
