"""What a person meets who starts, uses and stops the server."""

import signal
import socket
from pathlib import Path

import httpx2
import pytest

from tests.flow.server import run, running


def test_a_second_start_trains_nothing_and_never_opens_the_interactions(home: Path) -> None:
    interactions = list(home.glob("data/*/interactions.parquet"))
    assert interactions
    for path in interactions:
        path.unlink()
    with running(home) as server:
        slate = httpx2.get(f"{server.address}/api/v1/recommendations/1").json()
        assert slate["source"] == "model"
        assert server.stop() == 0
    assert "step" not in (home.parent / "up.err").read_text()


def test_the_first_click_of_a_new_user_changes_the_next_answer_and_survives_a_kill(
    home: Path,
) -> None:
    event = {"user_id": "a newcomer", "item_id": "260", "action": "watched"}
    with running(home) as server:
        api = f"{server.address}/api/v1"
        before = httpx2.get(f"{api}/recommendations/a newcomer").json()
        assert before["source"] == "popular"
        assert httpx2.post(f"{api}/interactions", json=event).status_code in (200, 201)
        server.stop(signal.SIGKILL)
    with running(home) as server:
        after = httpx2.get(f"{server.address}/api/v1/recommendations/a newcomer").json()
        assert after["source"] == "model"
        assert after["items"][0]["reason"]["because"][0]["item_id"] == "260"
        assert server.stop(signal.SIGTERM) in (0, 128 + signal.SIGTERM)


def test_a_taken_port_is_one_clear_line(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("up", "--home", home, "--port", str(port), cwd=home.parent)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"Port {port} is taken" in done.stderr
    assert "--port" in done.stderr


def test_another_address_needs_a_key(home: Path) -> None:
    done = run("up", "--home", home, "--host", "0.0.0.0", "--port", "0", cwd=home.parent)
    assert done.returncode == 1
    assert "api_key" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TASTEMAKER__API__PROT", "9000"),
        ("TASTEMAKER__APPI__PORT", "9000"),
        ("TASTEMAKER__MODELS__EASE__LAMDA", "3"),
        ("TASTEMAKER__API__PORT", "99999"),
        ("TASTEMAKER__RECOMMEND__DEFAULT_VARIANT", "eese"),
    ],
)
def test_a_misspelt_key_is_named(tmp_path: Path, name: str, value: str) -> None:
    done = run("config", cwd=tmp_path, **{name: value})
    assert done.returncode == 1
    misspelt = name.removeprefix("TASTEMAKER__").lower().replace("__", ".")
    assert misspelt in done.stderr.lower().replace("__", ".")


def test_a_misspelt_key_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "tastemaker.toml").write_text("[recommend]\nmax_kk = 3\n")
    done = run("config", cwd=tmp_path)
    assert done.returncode == 1
    assert "recommend.max_kk" in done.stderr


def test_the_configuration_is_shown_without_secrets(tmp_path: Path) -> None:
    done = run("config", cwd=tmp_path, TASTEMAKER__API__API_KEY="correct horse battery")
    assert done.returncode == 0
    assert '"port": 8000' in done.stdout
    assert "correct horse" not in done.stdout


def test_the_doctor_says_that_answers_are_personal(home: Path) -> None:
    done = run("doctor", "--home", home, cwd=home.parent)
    assert done.returncode == 0, done.stdout
    assert "Answers are personal" in done.stdout


def test_the_doctor_says_what_is_missing_and_what_to_do(tmp_path: Path) -> None:
    done = run("doctor", "--home", tmp_path / "nothing", cwd=tmp_path)
    assert done.returncode == 1
    assert "There is no data" in done.stdout
    assert "tastemaker ingest" in done.stdout


def test_half_a_model_folder_is_refused_with_the_place(home: Path) -> None:
    for array in home.glob("models/*/transitions/*.npy"):
        array.write_bytes(array.read_bytes()[: array.stat().st_size // 2])
    done = run("up", "--home", home, "--port", "0", cwd=home.parent)
    assert done.returncode == 1
    assert "transitions" in done.stderr
    assert "rain" in done.stderr


def test_broken_data_is_named_and_what_was_there_serves_on(home: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text("user_id,item_id\n" + "u\n" * 50)
    done = run("ingest", broken, "--home", home, cwd=tmp_path)
    assert done.returncode == 1
    assert "broken.csv, first: line 2" in done.stderr
    assert "Nothing was written" in done.stderr
    with running(home) as server:
        assert server.stop() == 0
