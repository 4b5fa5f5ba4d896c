import type { SlateItem } from '../api/types';
import type { Messages } from '../i18n/en';

/** One line under a poster. The shares and the other films stand in the card. */
export function reasonText({ kind, because, genre }: SlateItem['reason'], words: Messages): string {
  const strongest = because?.[0]?.title;
  if (kind === 'genre' && genre) return words.reasonGenre(words.genre(genre));
  if (strongest === undefined) return words.reasonPopular;
  if (kind === 'similar') return words.similarTo(strongest);
  return kind === 'alike' ? words.alikeTo(strongest) : words.because(strongest);
}
