import { describe, expect, it } from 'vitest';
import { reasonText } from '../src/films/reason-text';
import { en } from '../src/i18n/en';
import { ru } from '../src/i18n/ru';

const because = [{ item_id: '1', title: 'Heat', share: 1 }];

describe('a reason', () => {
  it.each([
    ['history', because, null, 'Потому что вам близок «Heat»', 'Because of Heat'],
    ['similar', because, null, 'Похоже на «Heat»', 'Like Heat'],
    ['alike', because, null, 'Того же рода, что «Heat»', 'Of the same kind as Heat'],
    ['genre', [], 'War', 'Популярное в жанре «Военный»', 'Popular in War'],
    ['popular', [], null, 'Популярное', 'Popular'],
  ] as const)('of kind %s is told in both languages', (kind, films, genre, russian, english) => {
    const reason = { kind, text: '', because: [...films], genre };
    expect(reasonText(reason, ru)).toBe(russian);
    expect(reasonText(reason, en)).toBe(english);
  });
});
