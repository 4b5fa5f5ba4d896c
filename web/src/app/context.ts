import { createContext } from 'svelte';
import { Session } from '../accounts/session.svelte';
import { createApi, type Api } from '../api/client';
import { MyFilms } from '../films/my-films.svelte';
import { KnownFilms } from '../films/known-films';
import { Language } from '../i18n/language.svelte';
import { Router } from '../routing/router.svelte';
import { Notices } from '../ui/notices.svelte';
import { Site } from './site.svelte';

export interface App {
  api: Api;
  router: Router;
  session: Session;
  myFilms: MyFilms;
  knownFilms: KnownFilms;
  language: Language;
  notices: Notices;
  site: Site;
  /** Fulfilled once the server has said who it is and who is signed in, or cannot. */
  started: Promise<unknown>;
}

export const [useApp, provideApp] = createContext<App>();

/** Everything the components share, made once at the start. */
export function createApp(): App {
  const api: Api = createApi(() => session.csrfToken);
  const session = new Session(() => api);
  const site = new Site(api);
  const [language, notices] = [new Language(), new Notices()];
  // The pages are of use before these answers, and say so where they do not come.
  const started = Promise.all([
    site.load().catch(() => undefined),
    session.load().catch(() => notices.say(language.words.offline)),
  ]);
  return {
    api,
    session,
    site,
    language,
    notices,
    started,
    router: new Router(),
    myFilms: new MyFilms(api),
    knownFilms: new KnownFilms(),
  };
}
