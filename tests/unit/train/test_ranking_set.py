"""What a ranker learns from is what it is given to read when it serves."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tastemaker.core.impressions import Impressions
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.blas_threads import blas_threads
from tastemaker.models.bundle import ModelBundle, TrainedRanker
from tastemaker.models.ease import Ease, EaseConfig
from tastemaker.models.ials import Ials, IalsConfig
from tastemaker.models.item_knn import ItemKnn, ItemKnnConfig
from tastemaker.models.item_statistics import ItemStatistics
from tastemaker.models.manifest import Provenance, RankerRecord
from tastemaker.models.near import Near, NearConfig
from tastemaker.models.ranker import Ranker, RankerConfig
from tastemaker.models.transition_leave_out import RidgeSystem
from tastemaker.models.transitions import Transitions, TransitionsConfig
from tastemaker.ports import CandidateModel
from tastemaker.recommend.assemble import Moment
from tastemaker.recommend.feature_names import REQUEST, SURPRISE
from tastemaker.recommend.present import Presented, Presenter
from tastemaker.recommend.ranking_config import RankingConfig
from tastemaker.recommend.second_stage import SecondStage
from tastemaker.recommend.signals import reader
from tastemaker.train.moment_reader import MomentReader
from tastemaker.train.moments import Kind, Moments, draw_moments, draw_returns, kind_of_moments
from tastemaker.train.question import Question
from tastemaker.train.ranking_set import RankingSet, Teacher
from tastemaker.train.returns import Returns
from tests.contracts.movielens_small import last_out

CONFIG = RankingConfig(n_candidates=200, negatives_kept=1.0, n_cuts=6, n_folds=2)
N_MOMENTS = 260
SEED = 2


@pytest.fixture(scope="module")
def training() -> TrainingSet:
    return last_out().training


@pytest.fixture(scope="module")
def models(training: TrainingSet) -> list[CandidateModel[Any]]:
    """Fitted on people who are asked for nothing below."""
    others = training.users(np.arange(300))
    rng = np.random.default_rng(0)
    return [
        Transitions.fit(others, TransitionsConfig(min_dense_uses=20), rng),
        Ease.fit(others, EaseConfig(min_dense_uses=20), rng),
        Near.fit(others, NearConfig(min_dense_uses=20), rng),
        Ials.fit(others, IalsConfig(n_factors=8, n_epochs=2), rng),
        ItemKnn.fit(others, ItemKnnConfig(), rng),
    ]


def _moments(training: TrainingSet, kind: Kind) -> Moments:
    """Of people the models have never seen."""
    config = CONFIG.model_copy(update={"moments": kind})
    drawn = draw_moments(training, config, np.random.default_rng(1))
    late = drawn.of_users(np.flatnonzero(drawn.user >= 300))
    return late.of_users(np.arange(N_MOMENTS * len(late.user) // late.n_requests))


def _returns(training: TrainingSet) -> Returns:
    drawn = Returns.drawn(training, CONFIG, np.random.default_rng(1))
    return drawn.of_users(np.flatnonzero(drawn.user >= 300)[:N_MOMENTS])


@dataclass(frozen=True)
class Lesson:
    teacher: Teacher
    moments: Moments
    returns: Returns
    learnt: RankingSet

    def questions(self) -> Iterator[Question]:
        for kind in (self.moments, self.returns):
            yield from kind.questions(self.teacher.training)


@pytest.fixture(scope="module", params=["next", "any"])
def lesson(
    training: TrainingSet, models: list[CandidateModel[Any]], request: pytest.FixtureRequest
) -> Lesson:
    moments = _moments(training, request.param)
    return _lesson(training, models, None, moments, _returns(training))


def _lesson(
    training: TrainingSet,
    models: list[CandidateModel[Any]],
    system: RidgeSystem | None,
    moments: Moments,
    returns: Returns,
) -> Lesson:
    by_name = {model.name: model for model in models}
    presenter = Presenter.of(models, {}, ItemStatistics.of(training), CONFIG)
    teacher = Teacher(training, models, system, lambda name, _part: by_name[name], presenter)
    learnt = teacher.build(moments, returns, SEED, on_progress=lambda _done: None)
    return Lesson(teacher, moments, returns, learnt)


def test_rows_learnt_from_are_the_rows_served_to_the_bit(lesson: Lesson, tmp_path: Path) -> None:
    """Served: from a folder, by statistics of other people alone, as if the person had come just
    now."""
    stages = [_served(lesson, number, tmp_path) for number in range(CONFIG.n_folds)]
    fold = lesson.teacher.folds(SEED)
    served = set()
    for question in lesson.questions():
        allowed = np.ones(lesson.teacher.training.n_items, np.bool_)
        allowed[question.past.item] = False
        with blas_threads(1):
            shown = stages[fold[question.user]].presented(question.past, question.at_s, allowed, 1)
        served.add(shown.rows.tobytes())
    trained = _by_moment(lesson.learnt)
    assert len(trained) >= 100
    for rows in trained:
        assert rows.tobytes() in served
    assert _columns_told(lesson) >= {*SURPRISE, *REQUEST}


def test_rows_of_what_is_left_out_are_the_rows_served_for_the_same_signals(
    training: TrainingSet, models: list[CandidateModel[Any]], tmp_path: Path
) -> None:
    """What followed is taken out of the transitions as in a fit without it, but sums are rounded
    otherwise: so the signals and surprises are those of the training, the rest as served."""
    config = TransitionsConfig(min_dense_uses=60)
    transitions, system = Transitions.fit_with_system(training, config)
    others = [transitions, *(one for one in models if not isinstance(one, Transitions))]
    lesson = _lesson(training, others, system, _moments(training, "next"), Returns.none())
    stages = [_served(lesson, number, tmp_path) for number in range(CONFIG.n_folds)]
    fold = lesson.teacher.folds(SEED)
    served = set()
    with blas_threads(1):
        reading = MomentReader(training, system).told(others, lesson.moments)
        for question, signals, told in reading:
            allowed = np.ones(training.n_items, np.bool_)
            allowed[question.past.item] = False
            moment = Moment(question.past, question.at_s)
            presenter = stages[fold[question.user]].presenter
            served.add(presenter.present(moment, signals, told, allowed, 1).rows.tobytes())
    trained = _by_moment(lesson.learnt)
    assert len(trained) >= 100
    for rows in trained:
        assert rows.tobytes() in served
    assert _columns_told(lesson) >= {*SURPRISE, *REQUEST}


def test_everything_found_is_a_row_to_learn_from(lesson: Lesson) -> None:
    found = np.bincount(lesson.learnt.group, lesson.learnt.label)
    assert (found[np.bincount(lesson.learnt.group) > 0] >= 1).all()
    no_return = lesson.learnt.group < lesson.moments.n_requests
    assert (lesson.learnt.place >= 0).sum() == lesson.learnt.label[no_return].sum()


def test_candidate_recall_grows_with_the_candidates(lesson: Lesson) -> None:
    recall = lesson.learnt.candidate_recall(CONFIG.n_candidates)
    assert list(recall) == [50, 100, 200]
    assert 0 < recall[50] < recall[100] < recall[200] <= 1


@pytest.mark.parametrize("kind", ["next", "any"])
def test_what_is_asked_is_never_told(training: TrainingSet, kind: Kind) -> None:
    for question in _moments(training, kind).questions(training):
        own = slice(training.user_ptr[question.user], training.user_ptr[question.user + 1])
        held = training.item[question.held]
        assert 1 <= question.n_right <= len(held)
        assert len(question.past)
        assert sorted([*held, *question.past.item]) == sorted(training.item[own])
        assert (np.diff(question.past.at_s) <= 0).all()


def test_the_next_entry_follows_all_that_is_told(training: TrainingSet) -> None:
    for question in _moments(training, "next").questions(training):
        assert question.n_right == 1
        assert question.at_s is not None
        assert question.at_s == training.at_s[question.held[0]]
        assert (question.past.at_s <= question.at_s).all()


def test_a_part_of_the_past_is_the_share_asked_for_drawn_anew_each_time(
    training: TrainingSet,
) -> None:
    by_user = defaultdict(list)
    for question in _moments(training, "any").questions(training):
        share = question.n_right / (question.n_right + len(question.past))
        assert share <= max(CONFIG.share_asked, 1 / (1 + len(question.past)))
        by_user[question.user].append(tuple(question.held))
    assert {len(draws) for draws in by_user.values()} == {CONFIG.n_draws}
    assert any(len(set(draws)) > 1 for draws in by_user.values())


def test_without_times_any_part_of_the_past_is_asked_for(training: TrainingSet) -> None:
    timeless = replace(training, at_s=np.zeros_like(training.at_s))
    assert kind_of_moments(training, CONFIG) == "next"
    assert kind_of_moments(timeless, CONFIG) == "any"
    told = CONFIG.model_copy(update={"moments": "next"})
    assert kind_of_moments(timeless, told) == "next"


def test_one_live_event_does_not_tell_what_came_next(training: TrainingSet) -> None:
    at_s = np.zeros_like(training.at_s)
    at_s[-1] = training.at_s.max()
    clicked = replace(training, at_s=at_s)
    assert kind_of_moments(clicked, CONFIG) == "any"
    assert draw_returns(clicked, CONFIG, np.random.default_rng(1)).n_requests == 0


def test_only_entries_with_times_are_known_to_follow_one_another(training: TrainingSet) -> None:
    at_s = training.at_s.copy()
    # Without times are the oldest of some, all of others.
    for user in range(0, training.n_users, 3):
        start, end = training.user_ptr[user : user + 2]
        at_s[start : end - user % 2 * 5] = 0
    mixed = replace(training, at_s=at_s)
    assert kind_of_moments(mixed, CONFIG) == "next"
    rng = np.random.default_rng(1)
    next_entries, returns = draw_moments(mixed, CONFIG, rng), draw_returns(mixed, CONFIG, rng)
    of_some = {3 * n for n in range(training.n_users)}
    assert of_some & set(next_entries.user.tolist())
    for question in [*next_entries.questions(mixed), *returns.questions(mixed)]:
        assert question.at_s
        assert question.past.at_s[0]


def test_an_order_that_is_asked_for_is_believed_without_times(training: TrainingSet) -> None:
    timeless = replace(training, at_s=np.zeros_like(training.at_s))
    told = CONFIG.model_copy(update={"moments": "next"})
    drawn = draw_moments(timeless, told, np.random.default_rng(1))
    assert drawn.n_requests == draw_moments(training, told, np.random.default_rng(1)).n_requests


@pytest.mark.parametrize("kind", ["next", "any"])
def test_moments_are_as_many_as_the_bound_allows(training: TrainingSet, kind: Kind) -> None:
    config = CONFIG.model_copy(update={"moments": kind, "max_requests": 100})
    drawn = draw_moments(training, config, np.random.default_rng(3))
    assert 90 < drawn.n_requests <= 100
    assert len(list(drawn.questions(training))) == drawn.n_requests


@pytest.mark.parametrize("kind", ["next", "any"])
def test_where_people_are_many_each_is_asked_less(training: TrainingSet, kind: Kind) -> None:
    def drawn(max_requests: int) -> Moments:
        update = {"moments": kind, "n_cuts": 5, "n_draws": 5, "max_requests": max_requests}
        return draw_moments(training, CONFIG.model_copy(update=update), np.random.default_rng(3))

    few, many = drawn(2 * training.n_users), drawn(100 * training.n_users)
    assert len(few.user) == len(many.user)
    assert few.n_requests <= 2 * training.n_users < many.n_requests


@pytest.mark.parametrize("kind", ["next", "any"])
def test_who_has_a_longer_past_than_is_read_is_not_learnt_from(
    training: TrainingSet, kind: Kind
) -> None:
    config = CONFIG.model_copy(update={"moments": kind, "max_past": 100})
    lengths = np.diff(training.user_ptr)
    assert lengths.max() > 100
    for drawn in (
        draw_moments(training, config, np.random.default_rng(3)),
        Returns.drawn(training, config, np.random.default_rng(3)),
    ):
        assert lengths[drawn.user].max() <= 100


def test_the_rows_are_no_more_than_their_bound(
    training: TrainingSet, models: list[CandidateModel[Any]], lesson: Lesson
) -> None:
    few = CONFIG.model_copy(update={"max_rows": 2_000, "max_requests": 100})
    presenter = Presenter.of(models, {}, ItemStatistics.of(training), few)
    teacher = replace(lesson.teacher, presenter=presenter)
    drawn = draw_moments(training, few, np.random.default_rng(3))
    learnt = teacher.build(drawn, Returns.none(), SEED, on_progress=lambda _done: None)
    assert 1_000 < len(learnt.rows) - learnt.label.sum() <= 2_400
    assert len(lesson.learnt.rows) > len(learnt.rows)


def _served(lesson: Lesson, number: int, folder: Path) -> SecondStage:
    """Of a bundle that was stored and loaded, with the statistics of all but one fold."""
    teacher, learnt = lesson.teacher, lesson.learnt
    others = np.flatnonzero(teacher.folds(SEED) != number)
    told_by = teacher.presenter.told_by(teacher.training.users(others), teacher.training)
    ranker = Ranker.fit(
        learnt.rows[:5_000],
        learnt.label[:5_000],
        learnt.group[:5_000],
        teacher.presenter.features,
        RankerConfig(n_trees=1, depth=1),
        seed=1,
        n_threads=1,
    )
    record = RankerRecord(
        models=tuple(model.name for model in teacher.models),
        uses_moment=True,
        n_requests=lesson.moments.n_requests,
        n_rows=len(learnt.rows),
        blend=dict(learnt.blend),
        candidate_recall={},
        importances={},
    )
    made = ModelBundle.of(
        teacher.training,
        {model.name: model for model in teacher.models},
        Provenance(
            version="v", created_at=datetime(2026, 1, 1, tzinfo=UTC), data_version="d", seed=1
        ),
        {"ranker": TrainedRanker(ranker, record)},
    )
    replace(made, statistics=told_by.statistics).save(folder / f"{number}")
    bundle = ModelBundle.load(folder / f"{number}")
    assert bundle.statistics is not None
    # Which is not stored: those of a version are of everybody.
    statistics = replace(bundle.statistics, event_share=told_by.statistics.event_share)
    trained = TrainedRanker(bundle.rankers["ranker"], bundle.manifest.rankers["ranker"])
    return SecondStage.of(tuple(bundle.models.values()), trained, statistics, CONFIG)


def _by_moment(learnt: RankingSet) -> list[NDArray[np.float32]]:
    return [learnt.rows[learnt.group == group] for group in np.unique(learnt.group)]


def _columns_told(lesson: Lesson) -> set[str]:
    """Those that are not the same everywhere."""
    told = np.ptp(lesson.learnt.rows, axis=0) > 0
    return set(np.array(lesson.teacher.presenter.features)[told])


def test_returns_come_on_top_of_the_bound_on_moments(training: TrainingSet) -> None:
    few = CONFIG.model_copy(update={"max_requests": 400, "moments": "next"})
    rng = np.random.default_rng(3)
    n_moments = draw_moments(training, few, rng).n_requests
    assert Returns.drawn(training, few, rng).n_requests == 50
    assert 350 < n_moments <= 400


def test_what_was_passed_over_is_learnt_from_where_nothing_else_not_taken_is(
    training: TrainingSet, models: list[CandidateModel[Any]]
) -> None:
    """Everybody was shown the favourites just before the last item they took."""
    config = CONFIG.model_copy(update={"max_rows": 0, "moments": "next"})
    by_name = {model.name: model for model in models}
    presenter = Presenter.of(models, {}, ItemStatistics.of(training), config)
    favourites = np.argsort(-np.bincount(training.item), kind="stable")[:20].astype(np.int32)
    shown = replace(training, impressions=_shown_last(training, favourites))
    moments = _moments(training, "next")

    def learnt(people: TrainingSet) -> tuple[Teacher, RankingSet]:
        teacher = Teacher(people, models, None, lambda name, _part: by_name[name], presenter)
        return teacher, teacher.build(moments, Returns.none(), SEED, on_progress=lambda _done: None)

    (_, without), (teacher, with_shown) = learnt(training), learnt(shown)
    assert without.label.all()
    stages, fold = _stages(teacher, models, with_shown), teacher.folds(SEED)
    fold_by_fold = sorted(moments.questions(shown), key=lambda question: fold[question.user])
    n_passed_over = 0
    for group, question in enumerate(fold_by_fold):
        own = with_shown.group == group
        if not own.any():
            continue
        presented = _presented(stages[question.user], question)
        is_passed_over = np.isin(presented.item, question.passed_over)
        others = with_shown.rows[own & (with_shown.label == 0)]
        assert others.tobytes() == presented.rows[is_passed_over].tobytes()
        n_passed_over += len(others)
    assert n_passed_over > 50
    assert with_shown.label.sum() == without.label.sum()


def _shown_last(training: TrainingSet, items: NDArray[np.int32]) -> Impressions:
    n_users, last_at_s = training.n_users, training.at_s[training.user_ptr[1:] - 1]
    return Impressions(
        np.arange(n_users + 1, dtype=np.int64) * len(items),
        np.tile(items, n_users),
        np.repeat(last_at_s, len(items)),
    )


def _stages(
    teacher: Teacher, models: list[CandidateModel[Any]], learnt: RankingSet
) -> list[SecondStage]:
    """Of each user: told by the statistics of other people alone, as if they had come just now."""
    fold = teacher.folds(SEED)
    stages = []
    for number in range(CONFIG.n_folds):
        others = teacher.training.users(np.flatnonzero(fold != number))
        presenter = teacher.presenter.told_by(others, teacher.training).blending(learnt.blend)
        stages.append(
            SecondStage(tuple(models), tuple(map(reader, models)), _any_ranker(), presenter)
        )
    return [stages[number] for number in fold]


def _presented(stage: SecondStage, question: Question) -> Presented:
    allowed = np.ones(len(stage.presenter.statistics.n_events), np.bool_)
    allowed[question.past.item] = False
    with blas_threads(1):
        return stage.presented(question.past, question.at_s, allowed, 1)


def _any_ranker() -> Ranker:
    rows = np.array([[0.0], [1.0]], np.float32)
    return Ranker.fit(
        rows,
        np.array([0, 1], np.int8),
        np.zeros(2, np.int64),
        ("feature",),
        RankerConfig(n_trees=1, depth=1),
        seed=1,
        n_threads=1,
    )
