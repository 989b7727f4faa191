"""A choice cell is answered by clicking, as a form is; what is chosen stands in its text, where it is graded."""

from contextlib import closing

import httpx
import nbformat
import pytest
from playwright.sync_api import Page, expect

from nexus_server.notebook_format.choices import MULTIPLE, SINGLE, chosen, release_choice
from tests.browser.conftest import Shoot
from tests.browser.people import expect_lab, log_in
from tests.plugins.lab_notebooks import manual, notebook
from tests.plugins.workshop import Workshop

pytestmark = [pytest.mark.browser, pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(300)]

NAME = "choices.ipynb"


def question(grade_id: str, kind: str, text: str) -> nbformat.NotebookNode:
    cell = manual(grade_id, text)
    cell.metadata["extended_cell"] = {"type": kind, "choice": ["0"]}
    release_choice(cell)
    return cell


def test_choice_cells_are_answered_by_clicking(page: Page, workshop: Workshop, shoot: Shoot) -> None:
    server = workshop.server
    one = question("one", SINGLE, "What is `2 ** 3`?\n\n- six\n- eight\n- nine")
    some = question("some", MULTIPLE, "Which are even?\n\n- 1\n- 2\n- 4")
    asked = notebook(one, some)
    asked.metadata["kernelspec"] = {"name": "nexus-python", "display_name": "Python (sandbox)", "language": "python"}
    asked.cells.append(nbformat.v4.new_markdown_cell("My list:\n\n- [ ] not a question"))
    with closing(server.learner("mia")) as mia:
        address = f"{server.url}/api/contents/{NAME}"
        mia.put(address, json={"type": "notebook", "format": "json", "content": asked}).raise_for_status()
        page.goto(f"{server.url}/lab/tree/{NAME}")
        log_in(page, mia.get("/me").json()["email"])
        expect_lab(page, "Mia")

        page.get_by_role("radio", name="six").click()
        page.get_by_role("radio", name="eight").click()
        page.get_by_role("checkbox", name="1", exact=True).click()
        page.locator("li.nx-choice", has_text="2").last.click()
        page.get_by_role("checkbox", name="4", exact=True).click()
        page.get_by_role("checkbox", name="1", exact=True).click()
        expect(page.get_by_role("radio", name="six")).not_to_be_checked()
        expect(page.get_by_role("radio", name="eight")).to_be_checked()
        expect(page.locator("li", has_text="not a question").get_by_role("checkbox")).to_be_disabled()
        shoot("choices")
        page.keyboard.press("ControlOrMeta+s")
        with page.expect_response(lambda reply: reply.request.method == "PUT" and NAME in reply.url):
            page.keyboard.press("ControlOrMeta+s")
        assert answers(mia, address) == [[1], [1, 2]]
        # what Lab renders anew is alive again, and shows the same
        expect(page.get_by_role("radio", name="eight")).to_be_enabled()
        page.reload()
        expect(page.get_by_role("radio", name="eight")).to_be_checked()
        expect(page.get_by_role("checkbox", name="4", exact=True)).to_be_checked()


def answers(client: httpx.Client, address: str) -> list[list[int]]:
    saved = nbformat.from_dict(client.get(address).raise_for_status().json()["content"])
    return [sorted(chosen(cell)) for cell in saved.cells[:2]]
