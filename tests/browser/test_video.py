"""A video is played, taken up again where it was left, and completed by having been watched."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Shoot
from tests.browser.people import register
from tests.plugins.content import ROADMAP, write_content
from tests.plugins.server import LiveServer, StartServer

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

FILM = Path(__file__).resolve().parents[2] / "content/python-foundations/media/names-and-values.webm"
PLAY = "video => { video.muted = true; video.playbackRate = 2; return video.play(); }"
PLAYED = "seconds => document.querySelector('video').currentTime > seconds"
POSITION = "video => video.currentTime"
CAPTIONS = (
    "WEBVTT\n\n00:00.000 --> 00:02.000\nOne.\n\n00:02.000 --> 00:05.000\nTwo.\n\n00:05.000 --> 00:42.000\nThree.\n"
)
#: captions are read beside the film
READ = "() => document.querySelector('video')?.textTracks[0]?.cues?.length === 3"
RESTS = """([from, to]) => {
  const film = document.querySelector('video');
  return film.paused && film.currentTime >= from && film.currentTime < to;
}"""


@pytest.fixture(scope="module")
def cinema(start_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    """A server whose second step is a film of 42 seconds, of which a quarter must be watched."""
    content = write_content(tmp_path_factory.mktemp("cinema"))
    shutil.copyfile(FILM, content / "tiny/media/clip.webm")
    wanted = ROADMAP.replace("duration_s: 100", "duration_s: 42").replace("required_share: 0.8", "required_share: 0.25")
    wanted = wanted.replace("required_share: 0.25", "required_share: 0.25, captions: media/clip.vtt")
    (content / "tiny/media/clip.vtt").write_text(CAPTIONS)
    (content / "tiny/roadmap.yaml").write_text(wanted.replace("title: Clip\n", "title: Clip\n    requires: {}\n"))
    return start_server(NEXUS_CONTENT_DIR=str(content))


def test_a_video_resumes_and_is_completed_by_watching(page: Page, cinema: LiveServer, shoot: Shoot) -> None:
    register(page, cinema, "Lotte Reiniger")
    page.locator(".nx-sidebar .nx-roadmap-card", has_text="Tiny").click()
    page.get_by_role("button", name="Open Clip").click()
    film = page.locator("video")
    expect(page.locator(".nx-video-share")).to_contain_text("25% needed")
    page.get_by_text("Transcript", exact=True).click()
    expect(page.locator(".nx-transcript")).to_contain_text("What is said.")
    page.get_by_role("button", name="Mark as complete").click()
    expect(page.locator(".nx-inline-problem")).to_contain_text("Watch the video first")

    film.evaluate(PLAY)
    page.wait_for_function(PLAYED, arg=4)
    left_at = leave(page)
    page.reload()
    expect(film).to_be_visible()
    page.wait_for_function(PLAYED, arg=left_at - 1)
    assert film.evaluate(POSITION) == pytest.approx(left_at, abs=0.5)
    shoot("video-resumed")

    film.evaluate(PLAY)
    page.wait_for_function(PLAYED, arg=16)
    leave(page)
    expect(page.get_by_text("You completed this.")).to_be_visible()
    shoot("video-completed")


def leave(page: Page) -> float:
    """Pause, and wait until the server knows; return where the film stands."""
    with page.expect_response(lambda reply: reply.url.endswith("/position")) as told:
        page.locator("video").evaluate("video => video.pause()")
    assert told.value.ok
    return float(page.locator("video").evaluate(POSITION))


def test_a_video_is_played_step_by_step(page: Page, cinema: LiveServer, shoot: Shoot) -> None:
    register(page, cinema, "Norman McLaren")
    page.locator(".nx-sidebar .nx-roadmap-card", has_text="Tiny").click()
    page.get_by_role("button", name="Open Clip").click()
    page.wait_for_function(READ)
    play, back = (page.get_by_role("button", name=name) for name in ("Play one step", "Back one step"))
    play.click()
    page.wait_for_function(RESTS, arg=[2, 40])
    shoot("video-step")
    page.locator("video").evaluate("video => { video.currentTime = 3; }")
    back.click()
    page.wait_for_function(RESTS, arg=[2, 2.1])
    back.click()
    page.wait_for_function(RESTS, arg=[0, 0.1])
    assert page.locator("video").evaluate("film => film.paused")
