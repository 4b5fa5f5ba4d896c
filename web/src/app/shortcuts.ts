import type { Router } from '../routing/router.svelte';

/** Keys that work everywhere but in fields and dialogs: `/` searches, `?` lists the keys. */
export function onShortcut(event: KeyboardEvent, router: Router): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const target = event.target as HTMLElement;
  if (target.closest('input, textarea, select, dialog, [contenteditable]')) return;
  if (event.key === '?') {
    event.preventDefault();
    router.open('help', '1');
  } else if (event.key === '/') {
    event.preventDefault();
    document.querySelector<HTMLInputElement>('input[type="search"]')?.focus();
  }
}
