const MIN_POSTER_PX = 132;
const WANTED_POSTER_PX = 178;
const CAPTION_PX = 52;
const ROW_GAP_PX = 22;
const ROWS_BEYOND = 1;

export interface GridLayout {
  columns: number;
  /** Width of one poster in pixels. */
  poster: number;
  /** Pixels from one poster to the next. */
  gap: number;
  /** Distance from the top of one row to the next, in pixels. */
  rowHeight: number;
}

export interface FilmRange {
  /** The first of a row. */
  begin: number;
  /** One past the last film. */
  end: number;
}

const NONE: FilmRange = { begin: 0, end: 0 };
const FLIES_FROM_ROWS_A_FRAME = 0.25;

/** moved: pixels since the frame before. What is made at such a speed is gone before it is seen. */
export function fliesPast(moved: number, { rowHeight }: GridLayout): boolean {
  return Math.abs(moved) > rowHeight * FLIES_FROM_ROWS_A_FRAME;
}

/** width: of the whole grid in pixels; 0 before it is known. At least two columns on a phone. */
export function layoutOf(width: number): GridLayout {
  const gap = Math.min(22, Math.max(12, width * 0.014));
  const wanted = Math.max(width < 700 ? MIN_POSTER_PX : WANTED_POSTER_PX, width / 11);
  const columns = Math.max(2, Math.floor((width + gap) / (wanted + gap)));
  const poster = Math.max(0, (width - gap * (columns - 1)) / columns);
  return { columns, poster, gap, rowHeight: Math.round(poster * 1.5 + CAPTION_PX + ROW_GAP_PX) };
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

/**
 * What is drawn a frame later: one more row, below before above, until all that is shown is there.
 * made: drawn so far. A grid that flies past draws no more until it slows down.
 */
export function grown(
  made: FilmRange,
  shown: FilmRange,
  columns: number,
  flying: boolean,
): FilmRange {
  const begin = Math.max(made.begin, shown.begin);
  const end = Math.min(made.end, shown.end);
  if (begin >= end)
    return flying ? NONE : { ...shown, end: Math.min(shown.begin + columns, shown.end) };
  if (flying) return { begin, end };
  if (end < shown.end) return { begin, end: Math.min(end + columns, shown.end) };
  return { begin: Math.max(begin - columns, shown.begin), end };
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

/** The background of a grid: the shape of one poster, over and over. */
export function shapeOf({ poster, gap, rowHeight }: GridLayout): string {
  const size = `width='${poster + gap}' height='${rowHeight}'`;
  const shape = `<rect width='${poster}' height='${poster * 1.5}' rx='10' fill='gray' opacity='.2'/>`;
  const drawing = `<svg xmlns='http://www.w3.org/2000/svg' ${size}>${shape}</svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(drawing)}")`;
}
