import type { App } from '../app/context';
import { ApiProblem } from '../api/problem';
import { troubleOf } from '../ui/trouble';
import type { Change } from './my-films.svelte';

/** Writes what a person thinks of a film, and tells how it went. Answers whether it is saved. */
export async function write(app: App, itemId: string, change: Change): Promise<boolean> {
  const { myFilms, knownFilms, notices, session, language, router } = app;
  try {
    await myFilms.save(itemId, change, knownFilms.session(itemId));
    return true;
  } catch (error) {
    if (error instanceof ApiProblem && error.isSignedOut) {
      notices.say(language.words.sessionEnded);
      await session.load().catch(() => undefined);
      router.open('account', 'sign-in');
    } else if (error instanceof ApiProblem && error.status === 403) {
      // Another tab has changed the account: nothing was written for the wrong person.
      await session.load().catch(() => undefined);
      notices.say(language.words.failed(error.message));
    } else {
      notices.say(troubleOf(error, language.words));
    }
    return false;
  }
}
