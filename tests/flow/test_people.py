"""What a person with an account keeps, whatever happens to the server."""

import signal
from pathlib import Path

import httpx2

from tests.flow.server import run, running


def test_a_rating_changes_ones_row_and_both_survive_a_kill(home: Path) -> None:
    with httpx2.Client() as browser:
        with running(home) as server:
            api = f"{server.address}/api/v1"
            credentials = {"name": "Анна", "password": "correct horse"}
            me = browser.post(f"{api}/accounts", json=credentials).json()
            assert browser.get(f"{api}/me/recommendations").json()["source"] == "popular"
            saved = browser.put(
                f"{api}/me/items/260",
                json={"rating": 5, "review": "Снова и снова 🚀"},
                headers={"X-CSRF-Token": me["csrf_token"]},
            )
            assert saved.status_code == 200
            before = browser.get(f"{api}/me/recommendations").json()
            assert before["source"] == "model"
            server.stop(signal.SIGKILL)
        with running(home) as server:
            api = f"{server.address}/api/v1"
            assert browser.get(f"{api}/me").json()["account"] == me["account"]
            assert browser.get(f"{api}/me/recommendations").json()["items"] == before["items"]
            reviews = browser.get(f"{api}/items/260/reviews").json()["items"]
            assert [(review["author"], review["text"]) for review in reviews] == [
                ("Анна", "Снова и снова 🚀")
            ]


def test_an_operator_is_made_by_command_while_the_server_runs(home: Path) -> None:
    credentials = {"name": "Root", "password": "correct horse"}
    with running(home) as server, httpx2.Client() as browser:
        api = f"{server.address}/api/v1"
        browser.post(f"{api}/accounts", json=credentials)
        assert browser.get(f"{api}/operate/model").status_code == 403
        done = run("admin", "Root", "--home", home, cwd=home.parent)
        assert done.returncode == 0, done.stderr
        history = browser.get(f"{api}/operate/model").json()["history"]
        assert [entry["in_service"] for entry in history] == [True]
