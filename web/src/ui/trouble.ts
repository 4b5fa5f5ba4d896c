import { ApiProblem } from '../api/problem';
import type { Messages } from '../i18n/en';

/** A failure in the reader's words. */
export function troubleOf(error: unknown, words: Messages): string {
  if (!(error instanceof ApiProblem)) return words.failed(String(error));
  if (error.isOffline) return words.offline;
  if (error.retryAfterS !== undefined) return words.slowDown(error.retryAfterS);
  return words.failed(error.message);
}
