"""Debian's Firefox, where a learner's journey and what can go wrong on it are the same tests as in Chromium."""

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import ROOT, fresh_page

# pytest runs in this module, on this module's page, what this module imports
from tests.browser.test_kept_work import (
    test_a_cut_line_is_said_calmly_and_what_is_handed_in_goes_later,
    test_a_log_out_in_another_tab_asks_over_the_page_and_keeps_the_text,
)
from tests.browser.test_learn import quiet, test_from_a_new_account_to_a_first_result_and_a_grade
from tests.browser.test_leaving import lab, student, test_what_a_cell_said_while_the_line_was_cut_is_shown_afterwards
from tests.browser.test_server_stop import test_a_stop_is_said_in_words_and_afterwards_the_kernel_knows_what_it_knew
from tests.browser.test_sign_in import test_register_log_out_and_log_in

__all__ = (
    "lab",
    "quiet",
    "student",
    "test_a_cut_line_is_said_calmly_and_what_is_handed_in_goes_later",
    "test_a_log_out_in_another_tab_asks_over_the_page_and_keeps_the_text",
    "test_a_stop_is_said_in_words_and_afterwards_the_kernel_knows_what_it_knew",
    "test_from_a_new_account_to_a_first_result_and_a_grade",
    "test_register_log_out_and_log_in",
    "test_what_a_cell_said_while_the_line_was_cut_is_shown_afterwards",
)

pytestmark = [
    pytest.mark.firefox,
    pytest.mark.browser,
    pytest.mark.docker,
    pytest.mark.long,
    pytest.mark.timeout(420),
]

#: the context's own setting does not reach Firefox: `firefox_relay.py` says why
PREFERENCES: dict[str, str | float | bool] = {"ui.prefersReducedMotion": 1}


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One Firefox for these tests, behind the relay."""
    executable = tmp_path_factory.mktemp("firefox") / "firefox"
    write_relay(executable)
    with sync_playwright() as playwright:
        browser = playwright.firefox.launch(
            executable_path=executable, channel="moz-firefox", firefox_user_prefs=PREFERENCES
        )
        yield browser
        browser.close()


def write_relay(executable: Path) -> None:
    """Write a program that starts the relay as Playwright starts a browser."""
    relay = shlex.join([sys.executable, "-m", "tests.browser.firefox_relay"])
    executable.write_text(f'#!/bin/sh\ncd {shlex.quote(str(ROOT))} && exec {relay} "$@"\n')
    executable.chmod(0o700)


@pytest.fixture
def page(firefox: Browser) -> Iterator[Page]:
    """A fresh profile's page in Firefox; a script error on it fails the test."""
    with fresh_page(firefox) as page:
        yield page
