import { describe, expect, it } from 'vitest';
import { en } from '../src/i18n/en';
import { ru } from '../src/i18n/ru';

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
