/** Asked this way, and not of the window's width, which would lay out the page to answer. */
export const PHONE = matchMedia('(max-width: 719px)');
export const WIDE = matchMedia('(min-width: 1000px)');
