import { describe, expect, it } from 'vitest';
import { fliesPast, grown, layoutOf, shownFilms, targetOf } from '../src/catalogue/grid-layout';

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
    const layout = layoutOf(width);
    const { columns, rowHeight } = layout;
    const rows = Math.ceil(N_FILMS / columns);
    for (const top of [-500, 0, rowHeight * 100.5, rowHeight * rows - height]) {
      const { begin, end } = shownFilms(top, height, layout, N_FILMS);
      expect((end - begin) * NODES_A_FILM).toBeLessThanOrEqual(500);
      expect(begin % columns).toBe(0);
    }
  });

  it('has every film on screen, and a few at a time come while one scrolls', () => {
    const layout = layoutOf(900);
    let before = shownFilms(0, 800, layout, N_FILMS).end;
    for (let top = 0; top < 20_000; top += 180) {
      const { begin, end } = shownFilms(top, 800, layout, N_FILMS);
      expect(begin).toBeLessThanOrEqual(Math.floor(top / layout.rowHeight) * layout.columns);
      expect(end).toBeGreaterThanOrEqual(
        Math.ceil((top + 800) / layout.rowHeight) * layout.columns,
      );
      expect(end - before).toBeLessThanOrEqual(
        Math.ceil(layout.columns * (180 / layout.rowHeight)),
      );
      before = end;
    }
  });

  it('shows the last row at the end and never more films than there are', () => {
    const layout = { columns: 5, poster: 150, gap: 20, rowHeight: 300 };
    expect(shownFilms(10_000, 800, layout, 33)).toEqual({ begin: 35, end: 33 });
    expect(shownFilms(1_500, 800, layout, 33)).toEqual({ begin: 20, end: 33 });
    expect(shownFilms(0, 800, layout, 8)).toEqual({ begin: 0, end: 8 });
    expect(shownFilms(0, 800, layout, 0)).toEqual({ begin: 0, end: 0 });
    expect(shownFilms(-2_000, 800, layout, 33)).toEqual({ begin: 0, end: 5 });
  });

  it('draws a row a frame until all that is shown is there, below first', () => {
    const shown = { begin: 10, end: 27 };
    let made = { begin: 5, end: 20 };
    const frames = [];
    for (let frame = 0; frame < 4; frame += 1) {
      made = grown(made, shown, 5, false);
      frames.push([made.begin, made.end]);
    }
    expect(frames).toEqual([
      [10, 25],
      [10, 27],
      [10, 27],
      [10, 27],
    ]);
    expect(grown({ begin: 20, end: 27 }, shown, 5, false)).toEqual({ begin: 15, end: 27 });
    expect(grown({ begin: 90, end: 99 }, shown, 5, false)).toEqual({ begin: 10, end: 15 });
  });

  it('draws nothing that would be gone before it is seen', () => {
    const layout = layoutOf(900);
    expect(fliesPast(-180, layout)).toBe(true);
    expect(fliesPast(40, layout)).toBe(false);
    const made = grown({ begin: 0, end: 20 }, { begin: 10, end: 30 }, 5, true);
    expect(made).toEqual({ begin: 10, end: 20 });
    expect(grown(made, { begin: 40, end: 60 }, 5, true)).toEqual({ begin: 0, end: 0 });
  });

  it('leads the keys to neighbours and out at the edges', () => {
    expect(targetOf('ArrowDown', 1, 5, 12)).toBe(6);
    expect(targetOf('ArrowUp', 1, 5, 12)).toBeUndefined();
    expect(targetOf('End', 1, 5, 12)).toBe(11);
    expect(targetOf('ArrowRight', 11, 5, 12)).toBeUndefined();
    expect(targetOf('x', 1, 5, 12)).toBeUndefined();
  });
});
