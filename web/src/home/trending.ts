/** As in `api/page_links.py`. */
export const N_TRENDING = 20;
