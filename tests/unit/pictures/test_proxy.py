import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import polars as pl
import pytest
from pydantic import HttpUrl, SecretStr

from tastemaker.api.open_storefront import open_pictures
from tastemaker.core.ids import ItemId
from tastemaker.ingest.catalogue import CATALOGUE_SCHEMA, Catalogue
from tastemaker.pictures.config import PicturesConfig
from tastemaker.pictures.proxy import Picture
from tastemaker.pictures.sizes import PictureKind, PictureSize
from tests.unit.pictures.outside import FILM, Outside, Reply, jpeg, outside_api, well_behaved

FILM_ID = ItemId("1")


def catalogue() -> Catalogue:
    row: dict[str, object] = dict.fromkeys(CATALOGUE_SCHEMA.names())
    row |= {"title": "Film", "genres": ["Drama"], "tags": [], "available": True}
    row |= {"n_events": 1, "n_ratings": 0, "mean_rating": 0.0}
    ids = [("1", "862"), ("2", None), ("3", "../../etc"), ("4", "603")]
    rows = [row | {"item_id": item_id, "tmdb_id": tmdb_id} for item_id, tmdb_id in ids]
    return Catalogue.of_frame(pl.DataFrame(rows, CATALOGUE_SCHEMA))


class Proxied:
    """The proxy before the outside API; every call is a life of its own, as after a restart."""

    def __init__(self, folder: Path, outside: Outside) -> None:
        self.folder = folder
        self.now = datetime.now(UTC)
        self.config = PicturesConfig(
            tmdb_key=SecretStr("a-key"),
            api_url=HttpUrl(f"{outside.url}/3"),
            image_url=HttpUrl(f"{outside.url}/t/p"),
            timeout_s=2,
            max_picture_bytes=100_000,
        )

    def pictures(self, *wanted: str, size: PictureSize = PictureSize.W154) -> list[Picture | None]:
        """Of these items, asked for at the same time."""

        async def all_of_them() -> list[Picture | None]:
            proxy = open_pictures(self.folder, catalogue(), self.config, lambda: self.now)
            asked = [proxy.picture(ItemId(item), PictureKind.POSTER, size) for item in wanted]
            try:
                return await asyncio.gather(*asked)
            finally:
                await proxy.close()

        return asyncio.run(all_of_them())

    def one_after_another(self, *wanted: str) -> list[Picture | None]:
        async def each() -> list[Picture | None]:
            proxy = open_pictures(self.folder, catalogue(), self.config, lambda: self.now)
            try:
                return [
                    await proxy.picture(ItemId(item), PictureKind.POSTER, PictureSize.W154)
                    for item in wanted
                ]
            finally:
                await proxy.close()

        return asyncio.run(each())

    def description(self, item_id: str, language: str) -> str:
        async def text() -> str:
            proxy = open_pictures(self.folder, catalogue(), self.config, lambda: self.now)
            try:
                return await proxy.description(ItemId(item_id), language)
            finally:
                await proxy.close()

        return asyncio.run(text())


@pytest.fixture
def outside() -> Iterator[Outside]:
    with outside_api() as outside:
        yield outside


@pytest.fixture
def proxied(tmp_path: Path, outside: Outside) -> Proxied:
    return Proxied(tmp_path / "pictures", outside)


def answering(content: bytes, status: int = 200) -> Reply:
    return Reply(status, content)


def test_a_picture_is_fetched_once_and_then_kept(proxied: Proxied, outside: Outside) -> None:
    first = proxied.pictures("1")
    assert first == [Picture(jpeg(), "image/jpeg")]
    assert len(outside.asked) == 2
    assert outside.asked[1] == "/t/p/w154/abc.jpg"
    assert proxied.pictures("1") == first
    assert len(outside.asked) == 2


def test_visitors_at_the_same_time_share_one_request(proxied: Proxied, outside: Outside) -> None:
    assert all(proxied.pictures(*["1"] * 20))
    assert len(outside.asked) == 2


def test_what_is_kept_is_asked_again_after_its_age(proxied: Proxied, outside: Outside) -> None:
    proxied.pictures("1")
    proxied.now += timedelta(days=179)
    proxied.pictures("1")
    assert len(outside.asked) == 2
    proxied.now += timedelta(days=2)
    assert all(proxied.pictures("1"))
    assert len(outside.asked) == 4


@pytest.mark.parametrize("item_id", ["2", "3", "unknown", "../1", ""])
def test_only_known_films_are_asked_about(proxied: Proxied, outside: Outside, item_id: str) -> None:
    assert proxied.pictures(item_id) == [None]
    assert outside.asked == []


def test_without_a_key_nothing_is_asked(proxied: Proxied, outside: Outside) -> None:
    proxied.config = proxied.config.model_copy(update={"tmdb_key": None})
    assert proxied.pictures("1") == [None]
    assert outside.asked == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"\xff\xd8\xff\xe0 not really",
        jpeg()[: len(jpeg()) // 2],
        b"GIF89a" + b"\0" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\0" * 200_000,
    ],
    ids=["empty", "page", "false start", "cut", "gif", "svg", "too large"],
)
def test_what_is_no_picture_is_not_shown_and_not_asked_for_again_soon(
    proxied: Proxied, outside: Outside, content: bytes
) -> None:
    outside.reply = lambda path: well_behaved(path) if "/3/" in path else answering(content)
    assert proxied.pictures("1") == [None]
    n_asked = len(outside.asked)
    assert proxied.pictures("1") == [None]
    assert len(outside.asked) == n_asked
    outside.reply = well_behaved
    proxied.now += timedelta(days=8)
    assert all(proxied.pictures("1"))


@pytest.mark.parametrize(
    "document",
    [
        b"not json",
        b"[]",
        b"{}",
        b"null",
        orjson.dumps({"poster_path": None, "overview": None}),
        orjson.dumps({"poster_path": "http://evil.example/x.jpg"}),
        orjson.dumps({"poster_path": "/../../secret.jpg"}),
        orjson.dumps({"poster_path": ["/abc.jpg"], "overview": 7}),
        b"[" * 100_000,
        b" " * 2_000_000,
    ],
)
def test_an_absurd_answer_is_no_picture(
    proxied: Proxied, outside: Outside, document: bytes
) -> None:
    outside.reply = lambda _: answering(document)
    assert proxied.pictures("1") == [None]
    assert proxied.description("1", "en") == ""
    assert all("/3/movie/862" in path for path in outside.asked)


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_trouble_outside_pauses_all_asking_for_a_while(
    proxied: Proxied, outside: Outside, status: int
) -> None:
    outside.reply = lambda _: answering(b"", status)
    assert proxied.one_after_another("1", "4", "1") == [None, None, None]
    assert len(outside.asked) == 1
    outside.reply = well_behaved
    assert all(proxied.pictures("1"))


def test_the_wait_the_api_asks_for_is_kept(tmp_path: Path, outside: Outside) -> None:
    proxied = Proxied(tmp_path / "pictures", outside)
    outside.reply = lambda _: Reply(429, b"", Retry_After="120")

    async def asked_over_time() -> list[bool]:
        proxy = open_pictures(proxied.folder, catalogue(), proxied.config, lambda: proxied.now)
        found = []
        for wait_s in (0, 119, 2):
            proxied.now += timedelta(seconds=wait_s)
            picture = await proxy.picture(FILM_ID, PictureKind.POSTER, PictureSize.W154)
            found.append(picture is not None)
            outside.reply = well_behaved
        await proxy.close()
        return found

    assert asyncio.run(asked_over_time()) == [False, False, True]


def test_no_network_is_no_picture(proxied: Proxied) -> None:
    with outside_api() as gone:
        url = gone.url
    proxied.config = proxied.config.model_copy(update={"api_url": HttpUrl(f"{url}/3")})
    assert proxied.one_after_another("1", "4") == [None, None]


def test_an_answer_that_does_not_come_is_given_up(proxied: Proxied, outside: Outside) -> None:
    proxied.config = proxied.config.model_copy(update={"timeout_s": 0.05})
    outside.held.clear()
    assert proxied.pictures("1") == [None]


def test_a_body_shorter_than_it_claims_is_no_picture(proxied: Proxied, outside: Outside) -> None:
    proxied.config = proxied.config.model_copy(update={"timeout_s": 0.2})
    outside.reply = lambda path: (
        well_behaved(path) if "/3/" in path else Reply(content=jpeg(), length=90_000)
    )
    assert proxied.pictures("1") == [None]


def test_a_crowd_is_answered_at_once_instead_of_queueing_without_end(
    proxied: Proxied, outside: Outside
) -> None:
    proxied.config = proxied.config.model_copy(update={"n_connections": 1, "max_waiting": 0})
    outside.held.clear()

    async def crowd() -> list[Picture | None]:
        proxy = open_pictures(proxied.folder, catalogue(), proxied.config, lambda: proxied.now)
        asked = [
            asyncio.create_task(proxy.picture(ItemId(item), PictureKind.POSTER, PictureSize.W154))
            for item in ("1", "4")
        ]
        done, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        first = [task.result() for task in done]
        outside.held.set()
        await asyncio.gather(*asked)
        await proxy.close()
        return first

    assert asyncio.run(crowd()) == [None]


def test_descriptions_come_in_the_language_asked_for(proxied: Proxied, outside: Outside) -> None:
    outside.reply = lambda path: answering(
        orjson.dumps(FILM | {"overview": "Игрушка"} if "language=ru" in path else FILM)
    )
    assert proxied.description("1", "ru") == "Игрушка"
    assert proxied.description("1", "en") == "A toy is jealous."


def test_a_long_token_travels_in_a_header_and_never_in_the_address(
    proxied: Proxied, outside: Outside
) -> None:
    proxied.config = proxied.config.model_copy(update={"tmdb_key": SecretStr("ey.J0.x")})
    assert all(proxied.pictures("1"))
    assert outside.headers[0]["authorization"] == "Bearer ey.J0.x"
    assert not any("ey.J0.x" in path for path in outside.asked)
    assert "authorization" not in outside.headers[1]


def test_the_key_is_never_printed(proxied: Proxied) -> None:
    assert "a-key" not in f"{proxied.config!r} {proxied.config.model_dump_json()}"
