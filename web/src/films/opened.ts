import type { Tile } from '../api/types';
import type { App } from '../app/context';

/** Tells the server that a film of one's own row was opened. Nobody waits for it. */
export function tellOpened({ api, session, knownFilms }: App, { item_id }: Tile): void {
  const session_id = knownFilms.session(item_id);
  if (!session.account || session_id === undefined) return;
  api.post('/api/v1/me/opened', { body: { item_id, session_id } }).catch(() => undefined);
}
