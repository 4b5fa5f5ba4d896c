const MIN_POSTER_PX = 132;
const WANTED_POSTER_PX = 178;
const CAPTION_PX = 52;
const ROW_GAP_PX = 22;
const ROWS_BEYOND = 1;

export interface GridLayout {
  columns: number;
  /** Width of one poster in pixels. */
  poster: number;
  /** Distance from the top of one row to the next, in pixels. */
  rowHeight: number;
}

export interface FilmRange {
  /** The first of a row. */
  begin: number;
  /** One past the last film. */
  end: number;
}

/** width: of the whole grid in pixels; 0 before it is known. At least two columns on a phone. */
export function layoutOf(width: number): GridLayout {
  const gap = Math.min(22, Math.max(12, width * 0.014));
  const wanted = Math.max(width < 700 ? MIN_POSTER_PX : WANTED_POSTER_PX, width / 11);
  const columns = Math.max(2, Math.floor((width + gap) / (wanted + gap)));
  const poster = Math.max(0, (width - gap * (columns - 1)) / columns);
  return { columns, poster, rowHeight: Math.round(poster * 1.5 + CAPTION_PX + ROW_GAP_PX) };
}

/**
 * Films on screen, one row before, and of the one beyond so many as it is near: while one scrolls,
 * films come one after the other instead of a row in one frame. At least one row, for the keyboard.
 * top: pixels of the grid above the screen.
 */
export function shownFilms(
  top: number,
  height: number,
  { columns, rowHeight }: GridLayout,
  total: number,
): FilmRange {
  const begin = Math.max(0, Math.floor(top / rowHeight) - ROWS_BEYOND) * columns;
  const bottom = Math.max(0, (top + height) / rowHeight);
  const whole = Math.ceil(bottom) * columns;
  const near = Math.ceil((bottom + ROWS_BEYOND - Math.ceil(bottom)) * columns);
  const last = Math.ceil(total / columns) * columns;
  return { begin: Math.min(begin, last), end: Math.min(total, Math.max(whole + near, columns)) };
}

/** Where a key leads from one film; undefined where it leads out of the grid or nowhere. */
export function targetOf(key: string, at: number, columns: number, n: number): number | undefined {
  const targets: Record<string, number> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - columns,
    ArrowDown: at + columns,
    Home: 0,
    End: n - 1,
  };
  const target = targets[key];
  return target !== undefined && target >= 0 && target < n ? target : undefined;
}
