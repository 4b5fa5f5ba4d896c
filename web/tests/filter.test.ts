import { describe, expect, it } from 'vitest';
import {
  asked,
  nConditions,
  nextUse,
  readFilter,
  useOf,
  writeFilter,
} from '../src/catalogue/filter';

const read = (text: string) => readFilter(new URLSearchParams(text));

describe('filters in the address', () => {
  it('survive being written and read', () => {
    const filter = read('q=a%26b&genre=Drama&genre=War&genre_none=IMAX&year_from=1990&tag=noir');
    expect(readFilter(writeFilter(new URLSearchParams(), filter))).toEqual(filter);
  });

  it('leave the rest of the address alone', () => {
    const written = writeFilter(new URLSearchParams('for=42&genre=Drama'), read(''));
    expect(written.toString()).toBe('for=42');
  });

  it('ask the server only for what says something', () => {
    expect(asked(read('genre=Drama&year_from=soon'))).toEqual({ genre: ['Drama'] });
  });

  it('count their conditions without the order', () => {
    expect(nConditions(read('q=x&genre=Drama&rating_from=4&sort=title'))).toBe(3);
  });
});

describe('a genre', () => {
  it('goes round: any, must, must not, off', () => {
    const uses = ['any', 'must', 'mustNot', 'off'];
    let filter = read('');
    for (const use of uses) {
      filter = nextUse(filter, 'Drama');
      expect(useOf(filter, 'Drama')).toBe(use);
    }
  });
});
