import { describe, expect, it } from 'vitest';
import { ALL_TONES, tonesOf, variety } from '../src/films/palette';

const WANTED_CONTRAST = 5.9;

/** Relative luminance of a colour like #336699 (WCAG 2.2). */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

describe('the designed poster', () => {
  it.each(ALL_TONES)('keeps white text readable on $motif', ({ sky, ground }) => {
    for (const tone of [sky, ground]) {
      expect(1.05 / (luminance(tone) + 0.05)).toBeGreaterThanOrEqual(WANTED_CONTRAST);
    }
  });

  it('looks the same for the same film, whatever the order of its genres', () => {
    expect(tonesOf('1', ['Drama', 'War'])).toEqual(tonesOf('1', ['War', 'Drama']));
  });

  it('is there for a film without any known genre', () => {
    expect(tonesOf('1', ['Cooking']).motif).toBe('none');
    expect(tonesOf('1', []).motif).toBe('none');
  });

  it('spreads films over all its variants', () => {
    const seen = new Set(Array.from({ length: 400 }, (_, id) => variety(String(id), 12)));
    expect(seen.size).toBe(12);
  });
});
