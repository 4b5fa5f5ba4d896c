import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { compressedAhead } from './scripts/compressed-ahead.ts';
import { quickToLoad } from './scripts/quick-to-load.ts';

/** Pages and dialogs that are fetched when they are first opened, and what only they use. */
const LATER = [
  'AccountDialog',
  'app/Unknown',
  'ui/Dialog',
  'FilmCard',
  'FilmPage',
  'FilmActions',
  'FilmFacts',
  'FilterPanel',
  'Films.svelte',
  'Help',
  'MyOpinion',
  'Range',
  'Reviews',
  'Stars',
  'Why',
  'own-words',
  'less-like-this',
  'i18n/ru',
  'i18n/members',
  'i18n/asides',
  'i18n/plural-ru',
  'i18n/tenths',
  'MenuOfAccount',
  'src/accounts/Welcome',
  'src/operate/',
  'src/profile/',
  'src/together/',
  'bindings/select',
];

function isOfFirstPage(id: string): boolean {
  return !LATER.some((part) => id.includes(part));
}

const target = process.env['TASTEMAKER_API'] ?? 'http://127.0.0.1:8000';
// The server compares the origin of a write with the host it was asked at.
const api = { target, changeOrigin: false };

export default defineConfig({
  plugins: [svelte({ compilerOptions: { runes: true } }), quickToLoad(), compressedAhead()],
  build: {
    outDir: '../src/tastemaker/api/static',
    emptyOutDir: true,
    target: 'es2022',
    // The drawings of the posters come with the styles: the first one is what a visitor waits for.
    assetsInlineLimit: (path) => path.includes('/motifs/'),
    modulePreload: { polyfill: false },
    // Read by the server, which tells browsers early what a page is made of.
    manifest: 'manifest.json',
    rolldownOptions: {
      // No page is a custom element.
      treeshake: { moduleSideEffects: (id) => !id.includes('dom/elements/custom-element') },
      // One file for all that the first page needs: a gzip of the whole is smaller than of parts.
      output: { codeSplitting: { groups: [{ name: 'store', test: isOfFirstPage }] } },
    },
  },
  server: { proxy: { '/api': api, '/docs': api } },
});
