"""Every example of a configuration is taken as it stands."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from docs.generate import ROOT

from tastemaker.config import DEFAULT_VARIANTS, Settings, load_settings
from tastemaker.core.errors import ConfigInvalid

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCKS = [
    pytest.param(block, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, block in enumerate(re.findall(r"```toml\n(.*?)```", page.read_text(), re.DOTALL))
]

BESIDE = {"[data.item_columns]": 'title = "title"'}
"""What a section is refused without and has no default."""


def commented() -> Iterator[tuple[str, str]]:
    """Every key of tastemaker.toml that has a value, with the section above it."""
    section = ""
    for line in (ROOT / "tastemaker.toml").read_text().splitlines()[1:]:
        text = line.removeprefix("# ")
        if text.startswith("["):
            section = text
        elif not re.search(r" =(  #|$)", text) and text:
            yield section, text


def loaded(folder: Path, text: str) -> Settings:
    (folder / "some.toml").write_text(text)
    return load_settings(folder / "some.toml")


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_of_the_docs_is_taken(tmp_path: Path, block: str) -> None:
    loaded(tmp_path, block)


def test_a_key_without_its_hash_is_taken_and_changes_nothing(tmp_path: Path) -> None:
    default = Settings()
    for section, key in commented():
        given = loaded(tmp_path, "\n".join([section, BESIDE.get(section, ""), key]))
        # What these two hold is a default only once they are there.
        if section not in ("[data.columns]", "[data.item_columns]"):
            assert given == default, key


def test_all_keys_without_their_hash_are_taken_together(tmp_path: Path) -> None:
    sections: dict[str, list[str]] = {}
    for section, key in commented():
        sections.setdefault(section, []).append(key)
    text = "\n".join(
        "\n".join([section, BESIDE.get(section, ""), *keys]) for section, keys in sections.items()
    )
    assert tomllib.loads(text)
    assert loaded(tmp_path, text).variants == DEFAULT_VARIANTS


def test_a_part_of_a_variant_leaves_its_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASTEMAKER__VARIANTS__FULL__RANKING__RANKER__DEPTH", "4")
    given = loaded(tmp_path, "[variants.full.ranking.ranker]\nn_trees = 20\n").variants
    full = DEFAULT_VARIANTS["full"]
    assert full.ranking is not None
    ranker = full.ranking.ranker.model_copy(update={"n_trees": 20, "depth": 4})
    ranking = full.ranking.model_copy(update={"ranker": ranker})
    assert given == {**DEFAULT_VARIANTS, "full": full.model_copy(update={"ranking": ranking})}


def test_a_second_stage_can_be_taken_away(tmp_path: Path) -> None:
    given = loaded(tmp_path, "[variants.full]\nranking = false\n").variants["full"]
    assert given == DEFAULT_VARIANTS["full"].model_copy(update={"ranking": None})


def test_weights_are_taken_as_they_are_given(tmp_path: Path) -> None:
    given = loaded(tmp_path, "[variants.similar.weights]\nials = 2.0\n").variants["similar"]
    assert given.weights == {"ials": 2.0}
    other = loaded(tmp_path, '[variants.similar]\nmodels = ["ials", "ease"]\n').variants["similar"]
    assert other.weights == {"ials": 0.4}


@pytest.mark.parametrize("name", ["full", "mine"])
def test_an_unknown_key_of_a_variant_is_refused(tmp_path: Path, name: str) -> None:
    text = f'[variants.{name}]\nmodels = ["ease"]\n[variants.{name}.ranking]\nn_cut = 2\n'
    with pytest.raises(ConfigInvalid, match=rf"variants\.{name}\.ranking\.n_cut"):
        loaded(tmp_path, text)
