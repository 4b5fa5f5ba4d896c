import type { LanguageCode } from './language.svelte';

/** With one digit behind the point, as people write it who read this language. */
export function tenths(n: number, language: LanguageCode): string {
  const text = n.toFixed(1);
  return language === 'ru' ? text.replace('.', ',') : text;
}
