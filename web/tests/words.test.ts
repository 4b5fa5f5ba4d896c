import { describe, expect, it } from 'vitest';
import { en } from '../src/i18n/en';
import { pluralEn } from '../src/i18n/plural';
import { pluralRu } from '../src/i18n/plural-ru';
import { ru } from '../src/i18n/ru';
import { tenths } from '../src/i18n/tenths';

describe('words', () => {
  it.each([
    [1, '1 film', '1 фильм'],
    [2, '2 films', '2 фильма'],
    [5, '5 films', '5 фильмов'],
    [21, '21 films', '21 фильм'],
    [9742, '9,742 films', '9\u00a0742 фильма'],
  ])('count %i films', (n, english, russian) => {
    expect(en.nFilms(n)).toBe(english);
    expect(ru.nFilms(n)).toBe(russian);
  });

  it('are there in both languages, none empty', () => {
    expect(Object.keys(ru).sort()).toEqual(Object.keys(en).sort());
    for (const word of Object.values(ru)) expect(word).not.toBe('');
  });
});

describe.each(['en', 'ru'] as const)('numbers in %s', (language) => {
  const plural = { en: pluralEn, ru: pluralRu }[language];
  const rules = new Intl.PluralRules(language);
  const counts = new Intl.NumberFormat(language);
  const means = new Intl.NumberFormat(language, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });

  it('are as the standard has them', () => {
    const forms = { one: '# one', few: '# few', many: '# many', other: '# other' };
    const more = [1_234, 9_742, 10_011, 90_000, 100_000, 1_000_001, 12_345_678];
    for (const n of [...Array.from({ length: 1_000 }, (_, n) => n), ...more]) {
      expect(plural(n, forms)).toBe(`${counts.format(n)} ${rules.select(n)}`);
    }
    for (const mean of [0.5, 1, 3.14, 4.96, 5]) {
      expect(tenths(mean, language)).toBe(means.format(mean));
    }
  });
});
