from typing import Any

from starlette.testclient import TestClient


def posted(client: TestClient, user_id: str, *item_ids: str) -> None:
    events = [{"user_id": user_id, "item_id": item, "action": "watched"} for item in item_ids]
    assert client.post("/api/v1/interactions", json=events).json()["accepted"] == len(item_ids)


def ids(answer: dict[str, Any]) -> list[str]:
    return [item["item_id"] for item in answer["items"]]


def test_a_stranger_gets_the_popular_slate_and_it_says_so(client: TestClient) -> None:
    slate = client.get("/api/v1/recommendations/nobody").json()
    assert slate["source"] == "popular"
    assert {item["reason"]["text"] for item in slate["items"]} == {"Popular with everybody"}
    assert len(slate["items"]) == 20


def test_the_first_click_of_a_new_user_changes_the_next_answer(client: TestClient) -> None:
    posted(client, "new", "3")
    slate = client.get("/api/v1/recommendations/new", params={"k": 5}).json()
    assert slate["source"] == "model"
    assert "3" not in ids(slate)
    first = slate["items"][0]
    assert first["genres"] == ["Drama"]
    assert first["reason"]["text"] == "Because of Film Number 3 in your history"
    assert first["reason"]["because"] == [{"item_id": "3", "title": "Film Number 3", "share": 1.0}]
    assert first["models"] == ["ease"]


def test_a_posted_history_gives_the_slate_of_a_user_with_it(client: TestClient) -> None:
    posted(client, "ann", "3", "5")
    of_user = client.get("/api/v1/recommendations/ann").json()
    history = [{"item_id": "3"}, {"item_id": "5"}]
    of_history = client.post("/api/v1/recommendations", json={"history": history}).json()
    assert of_history["items"] == of_user["items"]
    assert of_history["session_id"] != of_user["session_id"]


def test_only_the_latest_entries_of_a_long_history_count(client: TestClient) -> None:
    long = [{"item_id": "2"}] * 1_000 + [{"item_id": "3"}] * 50
    short = [{"item_id": "3"}]
    slates = [
        client.post("/api/v1/recommendations", json={"history": history}).json()
        for history in (long, short)
    ]
    assert slates[0]["items"] == slates[1]["items"]


def test_unknown_items_of_a_history_are_passed_over_and_named(client: TestClient) -> None:
    history = [{"item_id": "?"}, {"item_id": "3"}, {"item_id": "?"}]
    slate = client.post("/api/v1/recommendations", json={"history": history}).json()
    assert slate["source"] == "model"
    assert slate["unknown_items"] == ["?"]
    of_unknown = client.post("/api/v1/recommendations", json={"history": history[:1]}).json()
    assert of_unknown["source"] == "popular"


def test_conditions_hold_for_every_item(client: TestClient) -> None:
    posted(client, "ann", "3")
    parameters: list[tuple[str, str | int | float | bool | None]] = [
        ("k", "200"),
        ("genre", "Comedy"),
        ("genre", "Drama"),
        ("genre_none", "Comedy"),
        ("year_from", "1985"),
        ("year_to", "1995"),
        ("exclude", "9"),
        ("exclude", "11"),
    ]
    slate = client.get("/api/v1/recommendations/ann", params=parameters).json()
    assert sorted(ids(slate), key=int) == ["7", "13"]


def test_seen_items_come_back_only_when_asked(client: TestClient) -> None:
    posted(client, "ann", "3", "5")
    parameters = {"k": "200"}
    without = client.get("/api/v1/recommendations/ann", params=parameters).json()
    with_seen = client.get("/api/v1/recommendations/ann", params=parameters | {"seen": "true"})
    assert not {"3", "5"} & set(ids(without))
    assert {"3", "5"} <= set(ids(with_seen.json()))


def test_the_variant_can_be_chosen(client: TestClient) -> None:
    posted(client, "ann", "3")
    slate = client.get("/api/v1/recommendations/ann", params={"model": "popular"}).json()
    assert (slate["model"], slate["model_version"], slate["source"]) == ("popular", "v1", "popular")


def test_similar_items_share_the_taste_and_leave_out_the_item_itself(client: TestClient) -> None:
    slate = client.get("/api/v1/items/3/similar", params={"k": 5}).json()
    assert "3" not in ids(slate)
    assert slate["items"][0]["genres"] == ["Drama"]
    assert slate["items"][0]["reason"]["text"] == "People who chose Film Number 3 also chose this"


def test_popular_in_a_genre_says_so(client: TestClient) -> None:
    slate = client.get("/api/v1/popular", params={"genre": "Drama", "k": 3}).json()
    assert slate["source"] == "popular_in_genre"
    assert {item["reason"]["text"] for item in slate["items"]} == {"Popular in Drama"}


def test_popular_in_a_genre_nobody_knows_is_an_empty_slate(client: TestClient) -> None:
    slate = client.get("/api/v1/popular", params={"genre": "Nonsense"}).json()
    assert slate["items"] == []


def test_an_id_may_hold_any_letters_and_slashes(client: TestClient) -> None:
    for user_id in ("Żółć", "a/b c", "100%"):
        posted(client, user_id, "3")
        quoted = "/".join(part.replace("%", "%25") for part in user_id.split("/"))
        assert client.get(f"/api/v1/recommendations/{quoted}").json()["source"] == "model"
