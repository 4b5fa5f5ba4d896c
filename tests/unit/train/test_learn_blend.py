"""The blend is learnt from what people took."""

import numpy as np
import pytest

from tastemaker.train.learn_blend import Choice, learn_blend

N_ITEMS = 400


def _choices(weights: list[float], n: int) -> list[Choice]:
    """Of people who take what the weights and chance (Gumbel) make the best."""
    rng = np.random.default_rng(3)
    everything = np.ones(N_ITEMS, np.bool_)
    choices = []
    for _ in range(n):
        terms = rng.normal(size=(len(weights), N_ITEMS)).astype(np.float32)
        taken = np.argmax(np.array(weights) @ terms + rng.gumbel(size=N_ITEMS))
        choices.append(Choice.of(terms, everything, np.array([taken], np.int32), rng))
    return choices


def test_what_people_go_by_is_found_and_the_rest_is_left_out() -> None:
    learnt = learn_blend(_choices([2.0, 1.0, 0.0], 600))
    np.testing.assert_allclose(learnt, [2.0, 1.0, 0.0], atol=0.15)


def test_no_signal_counts_against_an_item() -> None:
    learnt = learn_blend(_choices([1.0, -1.0], 200))
    assert learnt[0] > 0
    assert learnt[1] == 0


@pytest.mark.parametrize("n_right", [1, 5, 50])
def test_what_could_not_be_taken_is_no_alternative(n_right: int) -> None:
    rng = np.random.default_rng(0)
    allowed = np.zeros(N_ITEMS, np.bool_)
    right = np.arange(n_right, dtype=np.int32)
    allowed[right] = True
    choice = Choice.of(np.ones((1, N_ITEMS), np.float32), allowed, right, rng)
    assert np.isfinite(choice.offset).sum() == min(n_right, 8)
    assert choice.taken.sum() == pytest.approx(1)
    assert learn_blend([choice])[0] == pytest.approx(0, abs=1e-6)
