"""The gallery of components looks as it did, can be used by everybody, and fits on a phone."""

import subprocess
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser import pictures
from tests.browser.axe import Audit

FRONT_END = pictures.ROOT / "labextension"


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    """The gallery as it is now."""
    built = subprocess.run(["node", "scripts/gallery.mjs"], cwd=FRONT_END, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    with pictures.served() as address:
        yield address


def test_stories_look_as_they_did(chromium: Browser, gallery: str) -> None:
    """`.venv/bin/python -m tests.browser.pictures --keep` keeps what is seen now, where that is right."""
    changed = {}
    pictures.TAKEN.mkdir(parents=True, exist_ok=True)
    for picture, image in pictures.take(chromium, gallery, pictures.compared()):
        kept = pictures.KEPT / picture.name
        far = pictures.distance(pictures.small(image), Image.open(kept).convert("RGB")) if kept.exists() else 1.0
        if far > pictures.AT_MOST:
            image.save(pictures.TAKEN / picture.name)
            changed[picture.name] = round(far, 3)
    assert not changed, f"These look different; see {pictures.TAKEN}."


def test_nothing_is_kept_of_stories_that_are_gone() -> None:
    assert {file.name for file in pictures.KEPT.iterdir()} == {picture.name for picture in pictures.compared()}


def test_a_changed_colour_and_a_moved_box_are_noticed() -> None:
    kept = Image.new("RGB", (100, 50), "white")
    kept.paste("blue", (10, 10, 40, 30))
    moved, coloured = Image.new("RGB", (100, 50), "white"), kept.copy()
    moved.paste("blue", (30, 10, 60, 30))
    coloured.paste("red", (10, 10, 40, 30))
    assert pictures.distance(kept, kept) == 0
    assert pictures.distance(moved, kept) > pictures.AT_MOST
    assert pictures.distance(coloured, kept) > pictures.AT_MOST
    assert pictures.distance(kept.crop((0, 0, 100, 40)), kept) > pictures.AT_MOST


def test_stories_fit_on_a_small_phone_and_can_be_used_by_everybody(page: Page, gallery: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.clock.set_fixed_time(pictures.NOW)
    audit = Audit(page, without={"heading-order": "a piece is shown without the page around it"})
    for story in pictures.stories():
        page.goto(f"{gallery}?story={story}")
        page.locator("main h1").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, story
        audit.look(story)
    assert audit.found == [], "\n".join(audit.found)


def test_practice_leads_from_one_code_task_to_the_next_and_says_how_it_went(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}?story=practice")
    expect(page.get_by_text("Code task 1 of 2")).to_be_visible()
    page.get_by_role("button", name="Run the test").click()
    expect(page.get_by_text("The test passes.")).to_be_visible()
    page.get_by_role("button", name="Next task").click()
    expect(page.get_by_text("Code task 2 of 2")).to_be_visible()
    expect(page.get_by_label("Your code")).to_contain_text("def total(values):")
    page.get_by_role("button", name="Pass over").click()
    expect(page.locator(".nx-due li")).to_have_text(["Parts of a text1 of 1 right"])


def test_the_list_leads_to_every_story(page: Page, gallery: str) -> None:
    page.goto(gallery)
    links = page.get_by_role("link", name="dark")
    assert links.count() == len(pictures.stories())
    page.goto(f"{gallery}?story=nothing")
    page.get_by_text("There is no story nothing.").wait_for()
