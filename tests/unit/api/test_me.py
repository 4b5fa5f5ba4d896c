"""What a signed-in person says about items, and what it changes at once."""

import io
import zipfile
from typing import Any

import pytest

from tests.unit.api.storefront import API, Browser


@pytest.fixture(autouse=True)
def ann(browser: Browser) -> dict[str, Any]:
    return browser.register("Ann")


def test_a_rating_changes_the_next_recommendations(browser: Browser, ann: dict[str, Any]) -> None:
    assert browser.get("/me/recommendations")["source"] == "popular"
    browser.save("2", rating=5.0)
    personal = browser.get("/me/recommendations?k=5")
    assert personal["source"] == "model"
    assert personal["items"][0]["reason"]["because"][0]["item_id"] == "2"
    assert "2" not in [item["item_id"] for item in personal["items"]]
    by_id = browser.get(f"/recommendations/{ann['user_id']}?k=5")
    assert by_id["items"] == personal["items"]


def test_a_rating_taken_back_leaves_no_trace_in_recommendations(browser: Browser) -> None:
    browser.save("2", rating=5.0)
    assert browser.save("2", rating=None)["rating"] is None
    assert browser.get("/me/recommendations")["source"] == "popular"
    assert browser.get("/me/taste")["n_events"] == 0


def test_favourite_genres_speak_until_something_is_known(browser: Browser) -> None:
    browser.send("PATCH", "/me", {"favourite_genres": ["Drama"]})
    slate = browser.get("/me/recommendations?k=5")
    assert slate["source"] == "popular_in_genre"
    assert all("Drama" in item["genres"] for item in slate["items"])


def test_less_like_this_hides_the_item_until_it_is_taken_back(browser: Browser) -> None:
    browser.save("2", rating=5.0)
    first = browser.get("/me/recommendations?k=1")["items"][0]["item_id"]
    assert browser.send("POST", "/me/dismissed", {"item_id": first}).status_code == 204
    after = [item["item_id"] for item in browser.get("/me/recommendations?k=20")["items"]]
    assert first not in after
    assert [item["item_id"] for item in browser.get("/me/taste")["refused"]] == [first]
    assert browser.send("DELETE", f"/me/dismissed/{first}").status_code == 204
    assert browser.get("/me/recommendations?k=1")["items"][0]["item_id"] == first


def test_a_save_touches_only_what_it_names(browser: Browser) -> None:
    browser.save("2", rating=5.0, watched=True, review="fine")
    assert browser.save("2", on_watchlist=True) | {"at": None} == {
        "rating": 5.0,
        "watched": True,
        "on_watchlist": True,
        "review": "fine",
        "at": None,
    }
    assert browser.save("2", review=None)["review"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"rating": 0},
        {"rating": 5.5},
        {"rating": 4.2},
        {"rating": "many"},
        {"review": "x" * 501},
        {"review": 5},
        {"stars": 5},
        [],
    ],
)
def test_what_cannot_be_saved_is_refused_and_nothing_changes(
    browser: Browser, change: object
) -> None:
    browser.save("2", rating=3.0)
    answer = browser.send("PUT", "/me/items/2", change)
    assert answer.status_code == 422
    assert browser.get("/me/items/2")["rating"] == 3.0


def test_a_review_longer_than_a_request_may_be_is_refused(browser: Browser) -> None:
    answer = browser.send("PUT", "/me/items/2", {"review": "x" * 250_000})
    assert answer.status_code == 413


def test_an_unknown_item_is_named(browser: Browser) -> None:
    for method, path in (("GET", "/me/items/nope"), ("PUT", "/me/items/nope")):
        answer = browser.send(method, path, {"rating": 3.0})
        assert answer.status_code == 404
        assert "nope" in answer.json()["detail"]


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "🦊🏳️‍🌈", "مرحبا بالعالم", "a\nb\tc", "'; DROP TABLE reviews--"],
)
def test_a_review_is_shown_to_others_as_it_was_written(
    browser: Browser, other_browser: Browser, text: str
) -> None:
    browser.save("2", rating=4.0, review=text)
    shown = other_browser.get("/items/2/reviews")["items"]
    assert [(one["author"], one["rating"], one["text"], one["mine"]) for one in shown] == [
        ("Ann", 4.0, text, False)
    ]
    assert browser.get("/items/2/reviews")["items"][0]["mine"] is True


def test_reviews_come_in_pages_without_gaps_or_repeats(browser: Browser) -> None:
    for number in range(5):
        browser.register(f"person {number}")
        browser.save("2", review=f"text {number}")
    texts, path = [], "/items/2/reviews?limit=2"
    while path:
        page = browser.get(path)
        texts += [review["text"] for review in page["items"]]
        cursor = page["next_cursor"]
        path = f"/items/2/reviews?limit=2&cursor={cursor}" if cursor else ""
    assert sorted(texts) == [f"text {number}" for number in range(5)]


def test_ones_lists_come_in_pages_without_gaps_or_repeats(browser: Browser) -> None:
    for number in range(7):
        browser.save(str(number), rating=4.0, watched=number % 2 == 0)
    seen, path = [], "/me/items?state=rated&limit=3"
    while path:
        page = browser.get(path)
        assert page["n_items"] == 7
        seen += [item["item_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        path = f"/me/items?state=rated&limit=3&cursor={cursor}" if cursor else ""
    assert sorted(seen) == [str(number) for number in range(7)]
    assert browser.get("/me/items?state=watched")["n_items"] == 4
    assert browser.get("/me/items?state=watchlist")["items"] == []


def test_a_foreign_cursor_is_refused(browser: Browser) -> None:
    for path in ("/me/items?state=rated&cursor=", "/items/2/reviews?cursor="):
        for cursor in (
            "nonsense",
            "WzFd",
            "WyJyYXRlZCIsMSwyXQ",
            "Wzk5OTk5OTk5OTk5OTk5OTk5OTksIngiXQ",
        ):
            assert browser.client.get(f"{API}{path}{cursor}").status_code == 422


def test_taste_is_told_with_the_events_it_comes_from(browser: Browser) -> None:
    browser.save("2", rating=5.0)
    browser.save("3", watched=True)
    taste = browser.get("/me/taste")
    assert {share["genre"] for share in taste["genres"]} == {"Comedy", "Drama"}
    assert sum(share["share"] for share in taste["genres"]) == pytest.approx(1.0)
    events = {item["item_id"]: item["events"] for item in taste["items"]}
    assert events["2"][0]["action"] == "rate"
    assert events["2"][0]["value"] == 5.0


def test_together_shows_nothing_that_one_of_them_has_seen(browser: Browser) -> None:
    browser.save("2", rating=5.0)
    browser.register("Bob")
    browser.save("4", rating=5.0)
    accounts = [account["account_id"] for account in browser.get("/sessions")]
    answer = browser.send("POST", "/recommendations/together", {"account_ids": accounts, "k": 10})
    slate = answer.json()
    assert slate["source"] == "model"
    assert not {"2", "4"} & {item["item_id"] for item in slate["items"]}
    assert len(slate["items"]) == 10


@pytest.mark.parametrize(
    ("people", "status"),
    [
        ({}, 200),
        ({"account_ids": ["x"]}, 404),
        ({"user_ids": ["nobody"]}, 200),
        ({"k": 5.0}, 200),
        ({"k": True}, 422),
        ({"year_from": "1999"}, 422),
    ],
)
def test_together_takes_accounts_of_this_device_alone(
    browser: Browser, people: dict[str, Any], status: int
) -> None:
    assert browser.send("POST", "/recommendations/together", people).status_code == status


def test_strangers_cannot_write_into_an_account(browser: Browser, ann: dict[str, Any]) -> None:
    event = {"user_id": ann["user_id"], "item_id": "3", "action": "like"}
    assert browser.client.post(f"{API}/interactions", json=event).status_code == 422
    assert browser.get("/me/taste")["n_events"] == 0


def test_an_import_tells_first_and_then_does(browser: Browser) -> None:
    text = b"movieId,rating\n2,4.5\n999,3\n3,11\n"

    def bring(query: str) -> dict[str, Any]:
        answer = browser.client.post(
            f"{API}/me/import{query}",
            files={"file": ("ratings.csv", text)},
            headers={"X-CSRF-Token": browser.csrf_token},
        )
        assert answer.status_code == 200, answer.text
        report: dict[str, Any] = answer.json()
        return report

    report = bring("")
    assert (report["n_matched"], report["n_unmatched"], report["n_rejected"]) == (1, 1, 1)
    assert report["is_dry_run"] is True
    assert browser.get("/me/items?state=rated")["n_items"] == 0
    bring("?dry_run=false")
    assert browser.get("/me/items/2")["rating"] == 4.5


def test_a_picture_is_no_import(browser: Browser) -> None:
    answer = browser.client.post(
        f"{API}/me/import",
        files={"file": ("x.png", b"\x89PNG\r\n\x1a\n\0\0")},
        headers={"X-CSRF-Token": browser.csrf_token},
    )
    assert answer.status_code == 422


def test_an_export_holds_everything(browser: Browser) -> None:
    browser.save("2", rating=4.5, review="kept")
    answer = browser.client.get(f"{API}/me/export")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert b"kept" in archive.read("items.csv")
    assert b"Ann" in archive.read("account.json")


def test_the_catalogue_is_filtered_by_what_one_has_watched(browser: Browser) -> None:
    browser.save("2", rating=4.0)
    browser.save("3", watched=True)
    browser.save("4", on_watchlist=True)
    watched = browser.get("/items?watched=me")
    assert {item["item_id"] for item in watched["items"]} == {"2", "3"}
    assert sum(entry["n_items"] for entry in watched["facets"]["decades"]) == 2
    every, rest = browser.get("/items")["n_items"], browser.get("/items?watched=not_me")["n_items"]
    assert rest == every - 2


def test_only_the_signed_in_can_ask_for_what_they_have_watched(other_browser: Browser) -> None:
    answer = other_browser.client.get(f"{API}/items?watched=me")
    assert answer.status_code == 401
