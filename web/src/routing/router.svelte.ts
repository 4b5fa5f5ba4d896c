import { tick } from 'svelte';
import { routeOf, type Route } from './routes';

/** Dialogs that lie over a page, each a key of the query: `?film=1`, `?account=sign-in`. */
export type Overlay = 'film' | 'account' | 'help';

interface HistoryState {
  /** The overlay that this entry opened: going back closes it. */
  over?: Overlay;
  scrollY?: number;
}

const RESTORE_TRIES = 60;

export class Router {
  path = $state(location.pathname);
  query = $state.raw(new URLSearchParams(location.search));
  readonly route: Route = $derived(routeOf(this.path));

  /** Begins to follow the browser's history and the links of the page. */
  start(): void {
    history.scrollRestoration = 'manual';
    addEventListener('popstate', () => void this.#arrive(true));
    document.addEventListener('click', (event) => this.#follow(event));
  }

  /** Goes to another page of this site. keepScroll: for a change of filters in place. */
  go(href: string, { replace = false, keepScroll = false } = {}): void {
    if (replace) history.replaceState(history.state, '', href);
    else {
      this.#rememberScroll();
      history.pushState({}, '', href);
    }
    void this.#arrive(false, keepScroll);
  }

  open(overlay: Overlay, value: string): void {
    const query = new URLSearchParams(this.query);
    const already = query.has(overlay);
    query.set(overlay, value);
    if (!already) this.#rememberScroll();
    const state: HistoryState = { over: overlay };
    if (already) history.replaceState(history.state, '', this.#href(query));
    else history.pushState(state, '', this.#href(query));
    void this.#arrive(false, true);
  }

  /** As Back does where the page opened it; a shared address simply loses the dialog. */
  close(overlay: Overlay): void {
    if (!this.query.has(overlay)) return;
    if ((history.state as HistoryState | null)?.over === overlay) {
      history.back();
      return;
    }
    const query = new URLSearchParams(this.query);
    query.delete(overlay);
    history.replaceState(history.state, '', this.#href(query));
    void this.#arrive(false, true);
  }

  #href(query: URLSearchParams): string {
    const text = query.toString();
    return location.pathname + (text ? `?${text}` : '');
  }

  #rememberScroll(): void {
    const state: HistoryState = { ...(history.state as HistoryState | null), scrollY };
    history.replaceState(state, '');
  }

  async #arrive(byHistory: boolean, keepScroll = false): Promise<void> {
    const otherPage = this.path !== location.pathname;
    this.path = location.pathname;
    this.query = new URLSearchParams(location.search);
    await tick();
    if (byHistory && otherPage) restoreScroll((history.state as HistoryState | null)?.scrollY ?? 0);
    else if (otherPage && !keepScroll) {
      scrollTo(0, 0);
      document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
    }
  }

  #follow(event: MouseEvent): void {
    const link = (event.target as Element).closest?.('a');
    const plain = !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || event.defaultPrevented || event.button !== 0 || !plain) return;
    if (link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.pathname.startsWith('/api/') || link.pathname.startsWith('/docs')) return;
    event.preventDefault();
    if (link.hash && link.pathname === location.pathname) {
      document.getElementById(link.hash.slice(1))?.scrollIntoView();
      return;
    }
    this.go(link.pathname + link.search);
  }
}

/** Waits for the content of the page to be long enough, for about a second. */
function restoreScroll(y: number, triesLeft = RESTORE_TRIES): void {
  scrollTo(0, y);
  if (Math.abs(scrollY - y) > 2 && triesLeft > 0) {
    requestAnimationFrame(() => restoreScroll(y, triesLeft - 1));
  }
}
