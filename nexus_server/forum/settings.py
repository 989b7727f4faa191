"""Settings of the forum: what answers pay, and what hides a post."""

from traitlets import Integer

from nexus_server.settings import FrozenConfigurable


class ForumSettings(FrozenConfigurable):
    """How the forum pays and moderates itself."""

    paid_answers_per_day = Integer(
        5, min=0, help="Accepted answers that pay a learner XP on one day (UTC); more are accepted, but pay nothing."
    ).tag(config=True)
    paid_answers_per_pair = Integer(
        2,
        min=0,
        help="Accepted answers of one learner to one other that pay XP, ever: two friends could go on and on.",
    ).tag(config=True)
    accept_min_xp = Integer(
        20, min=0, help="XP from which the answers that a student accepts pay their authors: an account costs nothing."
    ).tag(config=True)
    hide_after_reports = Integer(
        3,
        min=1,
        help="Open reports by established learners after which a post is hidden until staff look at it.",
    ).tag(config=True)
    report_min_age_days = Integer(
        7, min=0, help="Age in days from which an account's reports count towards hiding a post."
    ).tag(config=True)
    report_min_xp = Integer(20, min=0, help="XP from which an account's reports count towards hiding a post.").tag(
        config=True
    )
