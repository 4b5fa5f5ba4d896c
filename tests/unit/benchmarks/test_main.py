"""`python -m benchmarks`: what it refuses, and the table it prints."""

import pytest
from benchmarks.__main__ import main, names, parts
from benchmarks.table import Row, render
from rich.console import Console


def test_an_unknown_benchmark_is_refused_with_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["no-such"]) == 2
    refused = capsys.readouterr().err
    assert "'no-such'" in refused
    assert all(name in refused for name in names())


def test_a_group_runs_whole_or_in_parts() -> None:
    assert {"quality", "services", "speed"} <= set(names())
    of_speed = {name for name in parts() if name.startswith("speed.")}
    assert of_speed == {
        "speed.fitting",
        "speed.serving",
        "speed.training",
        "speed.training_beside_serving",
    }


def test_without_data_nothing_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TASTEMAKER_DATA_DIR", raising=False)
    assert main([]) == 2
    assert "TASTEMAKER_DATA_DIR" in capsys.readouterr().err


def test_every_figure_stands_beside_its_bound_and_peer() -> None:
    console = Console(width=100)
    with console.capture() as captured:
        console.print(render("Benchmarks", [Row("speed", "3 ms", "<= 5 ms", "other: 9 ms")]))
    assert all(cell in captured.get() for cell in ("speed", "3 ms", "<= 5 ms", "other: 9 ms"))
