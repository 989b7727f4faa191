from nexus_server.gamify.badges import CATALOGUE, Metric, in_words, is_earned, progress_of

NOTHING = dict.fromkeys(Metric, 0)


def test_slugs_are_unique() -> None:
    assert len({spec.slug for spec in CATALOGUE}) == len(CATALOGUE)


def test_every_badge_is_earned_at_its_number_and_not_before() -> None:
    for spec in CATALOGUE:
        assert not is_earned(spec.criteria, {**NOTHING, spec.metric: spec.at_least - 1})
        assert is_earned(spec.criteria, {**NOTHING, spec.metric: spec.at_least})


def test_progress_stops_at_the_goal() -> None:
    assert progress_of({"metric": "xp", "at_least": 10}, {**NOTHING, Metric.XP: 25}) == 10


def test_criteria_read_as_sentences() -> None:
    assert in_words({"metric": "labs_passed", "at_least": 1}) == "Pass 1 lab"
    assert in_words({"metric": "quizzes_passed", "at_least": 5}) == "Pass 5 quizzes"
