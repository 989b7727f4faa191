"""Quizzes, videos and pictures of a draft by forms: what is written is what the platform reads."""

import pytest
import yaml

from nexus_server.authoring.errors import NotAPictureError, StepNotFoundError, UnreadableQuizError
from nexus_server.files.errors import BadPathError
from nexus_server.roadmaps.files.loader import load_roadmap
from nexus_server.roadmaps.files.quiz_file import QuizFile
from nexus_server.roadmaps.files.roadmap_file import VideoSpec
from tests.integration.authoring.conftest import Desk

QUIZ = {
    "passing_score": 0.5,
    "questions": [
        {"id": "a", "type": "single", "prompt": "Über?", "answer": "x", "why": {"y": "No."}, "points": 2,
         "choices": [{"id": "x", "text": "Yes, always: 1"}, {"id": "y", "text": "no"}]},
        {"id": "b", "type": "text", "prompt": "Which?", "answer": ["None", "null", "1.0"]},
        {"id": "c", "type": "numeric", "prompt": "Many?", "answer": 2.5, "tolerance": 0.1},
    ],
}  # fmt: skip


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database: what is tested here is files."""
    return sqlite_url


async def test_a_quiz_that_a_form_wrote_is_the_quiz_that_is_read(desk: Desk) -> None:
    ina, editor = await desk.author(), desk.authoring.editor
    draft = await desk.authoring.drafts.begin_new(ina, "made", "Made by forms")
    await editor.add_step(ina, draft.id, "note", "Hello")
    assert await editor.read_quiz(ina, draft.id, "hello") is None
    quiz = QuizFile.model_validate(QUIZ)
    view = await editor.write_quiz(ina, draft.id, "hello", quiz)
    assert view.steps[0].quiz_path == "Drafts/made/quizzes/hello.yaml"
    assert await editor.read_quiz(ina, draft.id, "hello") == quiz
    folder = desk.school.workspace(ina) / draft.folder
    written = yaml.safe_load((folder / "quizzes/hello.yaml").read_text())
    assert list(written["questions"][2]) == ["id", "prompt", "type", "answer", "tolerance"]
    source = load_roadmap(folder)
    assert source.nodes[0].quiz == quiz
    view = await editor.remove_quiz(ina, draft.id, "hello")
    assert view.steps[0].quiz_path is None
    assert (folder / "quizzes/hello.yaml").exists()


async def test_a_quiz_with_mistakes_is_neither_written_nor_overwritten(desk: Desk) -> None:
    ina, editor = await desk.author(), desk.authoring.editor
    draft, folder = await desk.draft(ina)
    step = next(step for step in draft.steps if step.quiz_path)
    doubled = QuizFile.model_validate({"questions": [QUIZ["questions"][1]] * 2})  # type: ignore[index]
    with pytest.raises(UnreadableQuizError, match="the id 'b' is taken"):
        await editor.write_quiz(ina, draft.id, step.slug, doubled)
    assert step.quiz_path is not None
    (folder / step.quiz_path.removeprefix(f"{draft.folder}/")).write_text("questions: [\n")
    with pytest.raises(UnreadableQuizError, match="Mend the file as a text first"):
        await editor.read_quiz(ina, draft.id, step.slug)
    lab = next(step for step in draft.steps if step.type == "lab")
    with pytest.raises(StepNotFoundError):
        await editor.write_quiz(ina, draft.id, lab.slug, QuizFile.model_validate(QUIZ))


async def test_a_video_with_its_transcript_and_captions(desk: Desk) -> None:
    ina, editor = await desk.author(), desk.authoring.editor
    draft = await desk.authoring.drafts.begin_new(ina, "made", "Made by forms")
    view = await editor.add_step(ina, draft.id, "video", "Watch this")
    assert view.steps[0].video is not None
    assert view.steps[0].video.url is None
    media = await editor.add_media(ina, draft.id, "watch.webm", b"webm")
    captions = await editor.add_media(ina, draft.id, "watch.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n")
    assert (media.path, captions.link) == ("media/watch.webm", "../media/watch.vtt")
    spec = VideoSpec(file=media.path, captions=captions.path, duration_s=12, required_share=0.5)
    view = await editor.set_video(ina, draft.id, "watch-this", spec, "Hello, says the speaker.")
    video = view.steps[0].video
    assert video is not None
    assert (video.file, video.duration_s, video.transcript) == ("media/watch.webm", 12, "media/watch-this.md")
    folder = desk.school.workspace(ina) / draft.folder
    source = load_roadmap(folder)
    assert [str(problem) for problem in source.problems] == []
    assert (folder / "media/watch-this.md").read_text() == "Hello, says the speaker."
    note = await editor.add_step(ina, draft.id, "note", "Text")
    with pytest.raises(StepNotFoundError):
        await editor.set_video(ina, draft.id, note.steps[1].slug, spec, "")


async def test_pictures_lie_where_notes_find_them_and_other_files_nowhere(desk: Desk) -> None:
    ina, editor = await desk.author(), desk.authoring.editor
    draft = await desk.authoring.drafts.begin_new(ina, "made", "Made by forms")
    picture = await editor.add_media(ina, draft.id, "plot.PNG", b"png")
    assert (picture.path, picture.link) == ("images/plot.PNG", "../images/plot.PNG")
    for name, error in (("run.html", NotAPictureError), ("../plot.png", BadPathError), (".png", BadPathError)):
        with pytest.raises(error):
            await editor.add_media(ina, draft.id, name, b"x")
    folder = desk.school.workspace(ina) / draft.folder
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == ["plot.PNG", "roadmap.yaml"]
