import { describe, expect, it } from 'vitest';
import { filmPath, routeOf } from '../src/routing/routes';

describe('routes', () => {
  it.each(['1', 'a/b', '50% off', 'фильм', '?x=1&y'])('lead to the film %s and back', (itemId) => {
    expect(routeOf(filmPath(itemId))).toEqual({ page: 'film', itemId });
  });

  it.each(['/films/1', '/film', '/film/1/2', '/nothing'])('do not know %s', (path) => {
    expect(routeOf(path)).toEqual({ page: 'unknown' });
  });

  it('take a broken escape as it is', () => {
    expect(routeOf('/film/%E0%A4%A')).toEqual({ page: 'film', itemId: '%E0%A4%A' });
  });
});
