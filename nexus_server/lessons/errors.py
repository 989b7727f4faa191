"""What can go wrong with announced lessons."""

from nexus_server.errors import ConflictError, InvalidError, NotFoundError


class AnnouncedLessonNotFoundError(NotFoundError):
    """There is no such lesson."""

    code = "lesson_not_found"


class LessonTimeError(InvalidError):
    """A lesson begins in the future, within the next 180 days."""

    code = "lesson_time"


class LessonLabError(InvalidError):
    """Only a lab can be announced: other steps need no kernel."""

    code = "lesson_lab"


class TooManyLessonsError(ConflictError):
    """The class has many lessons to come already; withdraw one first."""

    code = "too_many_lessons"
