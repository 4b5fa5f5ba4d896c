import { describe, expect, it } from 'vitest';
import { layoutOf, shownRows, targetOf } from '../src/catalogue/grid-layout';

const N_FILMS = 90_000;
const NODES_A_FILM = 6;

describe('the grid', () => {
  it.each([
    [328, 800],
    [358, 844],
    [900, 800],
    [1500, 1080],
    [2300, 1440],
  ])('at %i x %i keeps the document small wherever one is', (width, height) => {
    const { columns, rowHeight } = layoutOf(width);
    const rows = Math.ceil(N_FILMS / columns);
    for (const top of [-500, 0, rowHeight * 100.5, rowHeight * rows - height]) {
      const { begin, end } = shownRows(top, height, rowHeight, rows);
      expect((end - begin) * columns * NODES_A_FILM).toBeLessThanOrEqual(500);
    }
  });

  it('shows the last row at the end and never more rows than there are', () => {
    expect(shownRows(10_000, 800, 300, 7)).toEqual({ begin: 7, end: 7 });
    expect(shownRows(0, 800, 300, 2)).toEqual({ begin: 0, end: 2 });
    expect(shownRows(0, 800, 300, 0)).toEqual({ begin: 0, end: 0 });
  });

  it('leads the keys to neighbours and out at the edges', () => {
    expect(targetOf('ArrowDown', 1, 5, 12)).toBe(6);
    expect(targetOf('ArrowUp', 1, 5, 12)).toBeUndefined();
    expect(targetOf('End', 1, 5, 12)).toBe(11);
    expect(targetOf('ArrowRight', 11, 5, 12)).toBeUndefined();
    expect(targetOf('x', 1, 5, 12)).toBeUndefined();
  });
});
