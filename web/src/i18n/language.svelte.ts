import { en, type Messages } from './en';

export const LANGUAGES = { en: 'English', ru: 'Русский' } as const;
export type LanguageCode = keyof typeof LANGUAGES;

const REMEMBERED = 'tastemaker-language';

/** The words of the pages. English is always there; others are fetched when asked for. */
export class Language {
  code = $state<LanguageCode>('en');
  words = $state.raw<Messages>(en);

  /** wanted: e.g. of the account; else what was chosen here before, else the browser's. */
  async use(wanted?: string | null): Promise<void> {
    const code = known(wanted) ?? known(localStorage.getItem(REMEMBERED)) ?? ofBrowser();
    this.words = code === 'ru' ? (await import('./ru')).ru : en;
    this.code = code;
    document.documentElement.lang = code;
  }

  async choose(code: LanguageCode): Promise<void> {
    localStorage.setItem(REMEMBERED, code);
    await this.use(code);
  }
}

function known(code: string | null | undefined): LanguageCode | undefined {
  const short = code?.slice(0, 2).toLowerCase();
  return short !== undefined && short in LANGUAGES ? (short as LanguageCode) : undefined;
}

function ofBrowser(): LanguageCode {
  return navigator.languages.map(known).find((code) => code !== undefined) ?? 'en';
}
