"""One plain sentence on an experiment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tastemaker.observe.experiments.confidence import Difference
from tastemaker.observe.experiments.experiment_config import ExperimentConfig
from tastemaker.observe.experiments.guardrails import Breach

MISMATCH_P = 0.001
"""Below it users are not shared out as they should be: then no figure can be trusted (Fabijan et
al. 2019)."""


class State(StrEnum):
    EMPTY = "empty"
    MISMATCH = "mismatch"
    BREACHED = "breached"
    EARLY = "early"
    BETTER = "better"
    WORSE = "worse"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Verdict:
    """may_stop: whether more slates would decide nothing that is not decided."""

    state: State
    may_stop: bool
    sentence: str


def verdict(
    config: ExperimentConfig,
    n_users: Mapping[str, int],
    differences: Mapping[str, Difference],
    ratio_p: float,
    broken: Sequence[Breach],
    *,
    is_over: bool,
) -> Verdict:
    """n_users: by variant. differences: of the measure that decides, but for the control."""
    if not any(n_users.values()):
        return Verdict(State.EMPTY, False, "Nobody has been shown a slate of it yet.")
    if ratio_p < MISMATCH_P:
        shares = " : ".join(f"{n:,}" for n in n_users.values())
        return Verdict(
            State.MISMATCH,
            True,
            f"Trust no figure: {shares} users do not fit the weights (p {_p(ratio_p)}); find out "
            "who gets lost.",
        )
    if broken:
        said = "; ".join(f"{breach.variant}: {breach.what}" for breach in broken)
        return Verdict(State.BREACHED, True, f"A guardrail is broken by {said}.")
    fewest = min(n_users, key=lambda variant: n_users[variant])
    if n_users[fewest] < config.min_users:
        return Verdict(
            State.EARLY,
            is_over,
            f"Too early: {fewest} has {n_users[fewest]:,} users of the {config.min_users:,} needed"
            + (", and the experiment is over." if is_over else "."),
        )
    return _compared(config, differences, is_over)


def _compared(
    config: ExperimentConfig, differences: Mapping[str, Difference], is_over: bool
) -> Verdict:
    control, measure = config.control_variant, config.measure.value
    best = max(differences, key=lambda variant: differences[variant].value)
    found = differences[best]
    if found.always_low > 0:
        return Verdict(
            State.BETTER,
            True,
            f"{best} is better than {control} in {measure} by {_interval(found)}: put it into "
            "service and stop.",
        )
    if all(one.always_high < 0 for one in differences.values()):
        return Verdict(
            State.WORSE,
            True,
            f"{best} is worse than {control} in {measure} by {_interval(found)}: stay with "
            f"{control} and stop.",
        )
    return Verdict(
        State.UNDECIDED,
        is_over,
        f"Between {best} and {control} no difference in {measure} is sure yet: {_interval(found)}; "
        + (f"the experiment is over, stay with {control}." if is_over else "go on."),
    )


def _interval(found: Difference) -> str:
    return f"{found.value:+.4f} ({found.always_low:+.4f} to {found.always_high:+.4f})"


def _p(value: float) -> str:
    return "< 0.0001" if value < 0.0001 else f"= {value:.4f}"
