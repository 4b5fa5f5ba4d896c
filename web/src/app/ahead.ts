import type { App } from './context';
import { LOAD_PAGE, loadFilmPage } from './pages';
import { N_TRENDING } from '../home/trending';

const PATIENCE_MS = 250;

/**
 * What the first screen needs is on its way already: `api/page_links.py` told the browser so. Where
 * it comes soon, the page is painted once and whole; it never waits for long.
 */
export async function ahead(app: App): Promise<void> {
  const needed = [app.language.use(), app.started, ...ofPage(app)];
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([Promise.allSettled(needed), patience]);
  await needed[0];
}

function ofPage({ api, router }: App): Promise<unknown>[] {
  const { route } = router;
  if (route.page === 'home') return [api.ahead('/api/v1/popular', { query: { k: N_TRENDING } })];
  if (route.page === 'unknown') return [];
  if (route.page !== 'film') return [LOAD_PAGE[route.page]()];
  const path = { item_id: route.itemId };
  return [loadFilmPage(), api.ahead('/api/v1/items/{item_id}', { path })];
}
