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
}

export const [useApp, provideApp] = createContext<App>();

/** Everything the components share, made once at the start. */
export function createApp(): App {
  const api: Api = createApi(() => session.csrfToken);
  const session = new Session(() => api);
  return {
    api,
    session,
    router: new Router(),
    myFilms: new MyFilms(api),
    knownFilms: new KnownFilms(),
    language: new Language(),
    notices: new Notices(),
    site: new Site(api),
  };
}
