import type { Slate, SlateItem, Tile } from '../api/types';

/** Films met on this visit: a card opens at once with what is known, and repeats the reason. */
export class KnownFilms {
  readonly #tiles = new Map<string, Tile>();
  readonly #reasons = new Map<string, SlateItem['reason']>();
  /** By film: the latest slate made for the signed-in person that shows it. */
  readonly #sessions = new Map<string, string>();

  remember(films: readonly Tile[]): void {
    for (const film of films) this.#tiles.set(film.item_id, film);
  }

  /** isMine: made for the signed-in person, so that what they say of its films answers it. */
  rememberSlate(slate: Slate, isMine = false): void {
    this.remember(slate.items);
    for (const { item_id, reason } of slate.items) {
      this.#reasons.set(item_id, reason);
      if (isMine) this.#sessions.set(item_id, slate.session_id);
    }
  }

  tile(itemId: string): Tile | undefined {
    return this.#tiles.get(itemId);
  }

  /** The slate that an action on this film answers. */
  session(itemId: string): string | undefined {
    return this.#sessions.get(itemId);
  }

  /** Another person sits here now. */
  forgetSessions(): void {
    this.#sessions.clear();
  }

  reason(itemId: string): SlateItem['reason'] | undefined {
    return this.#reasons.get(itemId);
  }
}
