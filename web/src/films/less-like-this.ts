import type { Tile } from '../api/types';
import type { App } from '../app/context';
import { troubleOf } from '../ui/trouble';

/** Takes a film and its like out of what is recommended, with a way back; signed out, asks first. */
export async function lessLikeThis(app: App, film: Tile): Promise<void> {
  const { api, session, notices, language, router, myFilms, knownFilms } = app;
  if (!session.account) return router.open('account', 'sign-in');
  const item_id = film.item_id;
  const session_id = knownFilms.session(item_id);

  async function attempt(work: Promise<unknown>): Promise<boolean> {
    try {
      await work;
      myFilms.revision += 1;
      return true;
    } catch (error) {
      notices.say(troubleOf(error, language.words));
      return false;
    }
  }
  const bringBack = () =>
    void attempt(api.delete('/api/v1/me/dismissed/{item_id}', { path: { item_id } }));

  if (
    await attempt(
      api.post('/api/v1/me/dismissed', { body: { item_id, ...(session_id && { session_id }) } }),
    )
  ) {
    const { words } = language;
    notices.say(words.hidden(film.title), { label: words.undo, run: bringBack });
  }
}
