import type { SlateItem } from '../api/types';
import type { Messages } from '../i18n/en';

/** One line under a poster. The shares and the other films stand in the card. */
export function reasonText(reason: SlateItem['reason'], words: Messages): string {
  const strongest = reason.because?.[0];
  if (strongest) {
    return reason.kind === 'similar' || reason.kind === 'alike'
      ? words.similarTo(strongest.title)
      : words.because(strongest.title);
  }
  return reason.kind === 'genre' ? reason.text : words.reasonPopular;
}
