"""Quizzes, videos and pictures of a draft as forms have them; the files behind stay plain."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml

from nexus_server.authoring.errors import NotAPictureError, UnreadableQuizError
from nexus_server.authoring.trees import Tree
from nexus_server.roadmaps.files.parsing import parse_quiz
from nexus_server.roadmaps.files.problem import ContentError
from nexus_server.roadmaps.files.quiz_file import QuizFile

#: where pictures lie, and what belongs to videos
IMAGES, MEDIA = "images", "media"
_FOLDERS = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"), IMAGES),
    **dict.fromkeys((".webm", ".mp4", ".vtt"), MEDIA),
}
_WIDTH = 140


def read_quiz(tree: Tree, path: str) -> QuizFile | None:
    """Return a draft's quiz; None where the file is not there yet.

    Raises:
        UnreadableQuizError: it has mistakes; the first of them is in the message.
    """
    if path not in tree:
        return None
    try:
        return parse_quiz(tree[path].decode("utf-8-sig"), path)
    except UnicodeDecodeError:
        raise UnreadableQuizError from None
    except ContentError as error:
        raise UnreadableQuizError(f"{error.problems[0]}. Mend the file as a text first.") from error


def write_quiz(quiz: QuizFile) -> bytes:
    """Return a quiz's file.

    Raises:
        UnreadableQuizError: two questions have the same id.
    """
    content: dict[str, Any] = quiz.model_dump(mode="json", exclude_defaults=True)
    content = {"passing_score": quiz.passing_score, "shuffle": quiz.shuffle, **content}
    for question, given in zip(content["questions"], quiz.questions, strict=True):
        question["type"] = given.type
    data = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=_WIDTH).encode()
    try:
        parse_quiz(data.decode(), "quiz")
    except ContentError as error:
        raise UnreadableQuizError(f"{error.problems[0].message}.") from error
    return data


def place_of_media(name: str) -> str:
    """Return where a picture, a video or its captions lie in a roadmap's folder.

    Raises:
        NotAPictureError: it is of no kind that the pages show.
    """
    folder = _FOLDERS.get(PurePosixPath(name).suffix.lower())
    if folder is None:
        raise NotAPictureError(name=name)
    return f"{folder}/{name}"


def video_values(values: Mapping[str, Any], transcript: str | None) -> dict[str, Any]:
    """Return what `roadmap.yaml` says of a video, without what is not given."""
    found = {key: value for key, value in values.items() if value is not None}
    return {**found, "transcript": transcript} if transcript else found
