import type { Api } from '../api/client';
import type { MyItem } from '../api/types';

export type Change = Partial<Pick<MyItem, 'rating' | 'watched' | 'on_watchlist' | 'review'>>;

/** What the signed-in person thinks of films: one copy, shown wherever a film is shown. */
export class MyFilms {
  #byItem = $state.raw<Readonly<Record<string, MyItem>>>({});
  /** Texts of reviews not saved yet; they outlive the dialog and an ended session. */
  #drafts = $state.raw<Readonly<Record<string, string>>>({});
  /** Grows with every accepted write: what depends on taste asks again. */
  revision = $state(0);

  constructor(private readonly api: Api) {}

  of(itemId: string): MyItem | undefined {
    return this.#byItem[itemId];
  }

  draft(itemId: string): string | undefined {
    return this.#drafts[itemId];
  }

  /** text: undefined where the draft has been saved or given up. */
  keepDraft(itemId: string, text: string | undefined): void {
    const { [itemId]: _, ...others } = this.#drafts;
    this.#drafts = text === undefined ? others : { ...others, [itemId]: text };
  }

  /** What was asked before a write and answered after it is old and dropped. */
  async load(itemId: string): Promise<void> {
    const path = { item_id: itemId };
    const asked = this.revision;
    const mine = await this.api.get('/api/v1/me/items/{item_id}', { path });
    if (asked === this.revision || !this.of(itemId)) this.#set(itemId, mine);
  }

  /** session: the slate this answers. Shown at once; put back where the server refuses, and the failure is thrown on. */
  async save(itemId: string, change: Change, session: string | undefined): Promise<void> {
    const before = this.of(itemId);
    if (before) this.#set(itemId, { ...before, ...change });
    try {
      const path = { item_id: itemId };
      const body = { ...change, ...(session === undefined ? {} : { session_id: session }) };
      const request = this.api.put('/api/v1/me/items/{item_id}', { path, body });
      this.#set(itemId, await request);
      this.revision += 1;
    } catch (error) {
      if (before) this.#set(itemId, before);
      throw error;
    }
  }

  /** Another person sits here now. Drafts stay: they are of this screen. */
  forget(): void {
    this.#byItem = {};
  }

  #set(itemId: string, mine: MyItem): void {
    this.#byItem = { ...this.#byItem, [itemId]: mine };
  }
}
