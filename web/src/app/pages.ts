import type { Component } from 'svelte';

type Load = () => Promise<{ default: Component }>;

// Code that is fetched when a page is first visited; `api/page_links.py` names the same files.
export const loadFilmPage = () => import('../films/FilmPage.svelte');
export const LOAD_PAGE: Record<'films' | 'profile' | 'welcome' | 'together' | 'operate', Load> = {
  films: () => import('../catalogue/Films.svelte'),
  profile: () => import('../profile/Profile.svelte'),
  welcome: () => import('../accounts/Welcome.svelte'),
  together: () => import('../together/Together.svelte'),
  operate: () => import('../operate/Operate.svelte'),
};
