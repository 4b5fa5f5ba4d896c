/**
 * Moves the focus from one row of films to the row above or below.
 * Returns false where the key is another one or there is no such row.
 */
export function leaveVertically(event: KeyboardEvent, row: HTMLElement): boolean {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return false;
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const next = rows[rows.indexOf(row) + step];
  const target = next?.querySelector<HTMLElement>('a.poster[tabindex="0"]');
  target?.focus();
  return target !== undefined && target !== null;
}
