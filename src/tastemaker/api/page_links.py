"""What a page will ask for first, told to the browser while the scripts are on their way."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import orjson

from tastemaker.api.prefix import PREFIX

MANIFEST = "manifest.json"
# As in web/src/app/pages.ts.
_SOURCES = {
    "/films": "src/catalogue/Films.svelte",
    "/film/{item_id:path}": "src/films/FilmPage.svelte",
    "/profile": "src/profile/Profile.svelte",
    "/welcome": "src/accounts/Welcome.svelte",
    "/together": "src/together/Together.svelte",
    "/operate": "src/operate/Operate.svelte",
}
PATHS = tuple(_SOURCES)
"""The pages but the first, as in web/src/routing/routes.ts."""
_ALWAYS = ("config", "me")
# As in web/src/home/trending.ts.
_HOME = "popular?k=20"
# What encodeURIComponent leaves as it is: the address must be the very one that scripts ask for.
_PLAIN = "!'()*~"


class PageLinks:
    """The Link header of each page."""

    def __init__(self, manifest: bytes | None) -> None:
        """manifest: of the build; None where it left none."""
        chunks = {} if manifest is None else orjson.loads(manifest)
        fetched = [_fetched(path) for path in _ALWAYS]
        self._home = ", ".join([_fetched(_HOME), *fetched])
        self._of_path = {
            path: ", ".join([*_code(chunks, source), *fetched]) for path, source in _SOURCES.items()
        }
        self._unknown = ", ".join(fetched)

    def of(self, path: str, item_id: str = "") -> str:
        """path: of the route, with the braces."""
        if path == "/":
            return self._home
        link = self._of_path.get(path, self._unknown)
        if item_id:
            return f"{_fetched(f'items/{quote(item_id, safe=_PLAIN)}')}, {link}"
        return link


def _fetched(path: str) -> str:
    return f"<{PREFIX}/{path}>; rel=preload; as=fetch; crossorigin"


def _code(chunks: Mapping[str, Any], source: str) -> Iterator[str]:
    """The scripts and styles that only this page needs."""
    wanted, seen = [source], {source}
    while wanted:
        chunk = chunks.get(wanted.pop(), {})
        if not chunk or chunk.get("isEntry"):
            continue
        yield f"</{chunk['file']}>; rel=modulepreload"
        yield from (f"</{css}>; rel=preload; as=style; crossorigin" for css in chunk.get("css", ()))
        more = [one for one in chunk.get("imports", ()) if one not in seen]
        wanted += more
        seen.update(more)
