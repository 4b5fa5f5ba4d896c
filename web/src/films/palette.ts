/** Two dark tones a genre: the poster's sky and its ground, on which the title is set. */
export interface Tones {
  motif: string;
  sky: string;
  ground: string;
}

/** White text keeps a contrast of 5.9:1 on every tone; a test holds them to it. */
const TONES: Record<string, Tones> = {
  'Film-Noir': { motif: 'film-noir', sky: '#4a4d57', ground: '#15161a' },
  Western: { motif: 'western', sky: '#8a4a1c', ground: '#3a1c0a' },
  Musical: { motif: 'musical', sky: '#8a2a78', ground: '#390f36' },
  War: { motif: 'war', sky: '#55602f', ground: '#23280f' },
  Documentary: { motif: 'documentary', sky: '#2f5d6b', ground: '#0f262e' },
  Horror: { motif: 'horror', sky: '#8c1f24', ground: '#2a0709' },
  Animation: { motif: 'animation', sky: '#0e6a72', ground: '#062d3a' },
  'Sci-Fi': { motif: 'sci-fi', sky: '#2746a0', ground: '#0b1542' },
  Fantasy: { motif: 'fantasy', sky: '#5d3ba6', ground: '#201145' },
  Mystery: { motif: 'mystery', sky: '#37457e', ground: '#131936' },
  Children: { motif: 'children', sky: '#1f6d45', ground: '#092c22' },
  Crime: { motif: 'crime', sky: '#5b4a3a', ground: '#1f1812' },
  Romance: { motif: 'romance', sky: '#a32f58', ground: '#430d24' },
  Action: { motif: 'action', sky: '#9a3a12', ground: '#3d1206' },
  Adventure: { motif: 'adventure', sky: '#20695c', ground: '#0a2b2b' },
  Thriller: { motif: 'thriller', sky: '#3f4a66', ground: '#10141f' },
  Comedy: { motif: 'comedy', sky: '#84560c', ground: '#3b2203' },
  Drama: { motif: 'drama', sky: '#70304a', ground: '#2a0f1e' },
  IMAX: { motif: 'imax', sky: '#1f5c8a', ground: '#0a2440' },
};

const NO_GENRE: Tones = { motif: 'none', sky: '#4b5062', ground: '#1a1c26' };

export const ALL_TONES: readonly Tones[] = [...Object.values(TONES), NO_GENRE];

const N_TELLING = 3;
const RAREST_FIRST = Object.keys(TONES);

/**
 * One of the film's genres gives the tones: among the three rarest, always the same for a film, so
 * that neighbours of one genre do not all look alike.
 */
export function tonesOf(itemId: string, genres: readonly string[]): Tones {
  const telling = RAREST_FIRST.filter((genre) => genres.includes(genre)).slice(0, N_TELLING);
  const chosen = telling[variety(`g${itemId}`, Math.max(telling.length, 1))];
  return (chosen !== undefined ? TONES[chosen] : undefined) ?? NO_GENRE;
}

/** A number in [0, n) that stays the same for the same film: FNV-1a of its id. */
export function variety(itemId: string, n: number): number {
  let hash = 0x811c9dc5;
  for (const char of itemId) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0) % n;
}

/** The style of a film's drawn poster: its tones, and where its drawing lies. */
export function lookOf(itemId: string, { sky, ground }: Tones): string {
  const lean = 120 + variety(itemId, 120);
  const shift = variety(`x${itemId}`, 21) / 10 - 1;
  const rise = 4 + variety(`y${itemId}`, 34);
  return `--sky:${sky};--ground:${ground};--lean:${lean}deg;--shift:${shift};--rise:${rise}%`;
}
