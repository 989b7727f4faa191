"""The stand-alone pages carry no script of their own, and nothing can break out of an attribute."""

from pathlib import Path

import pytest

from nexus_server.handlers.pages import PAGES, render_page
from nexus_server.languages import UserLanguage
from nexus_server.web.page_document import POLICY, bundle_version


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_only_the_bundle(page: str) -> None:
    html = render_page(page, "/base/", UserLanguage.ENGLISH)
    assert f'data-page="{page}"' in html
    assert html.count("<script") == html.count('<script defer src="/base/nexus/static/pages.js?v=') == 1
    assert "<style" not in html
    assert "style=" not in html


def test_a_hostile_base_url_stays_inside_its_attribute() -> None:
    html = render_page("login", '/"><script>alert(1)</script>/', UserLanguage.ENGLISH)
    assert "<script>" not in html


def test_the_policy_allows_no_inline_code_and_no_frames() -> None:
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY
    assert "frame-ancestors 'none'" in POLICY


def test_the_version_follows_the_bundle(tmp_path: Path) -> None:
    before = bundle_version(tmp_path)
    bundle_version.cache_clear()
    (tmp_path / "pages.js").write_text("new")
    assert bundle_version(tmp_path) != before


def test_a_page_offers_itself_in_every_language_with_its_query() -> None:
    html = render_page("login", "/", UserLanguage.GERMAN, query={"next": '/lab"><b>'})
    assert '<html lang="de">' in html
    assert 'href="?next=%2Flab%22%3E%3Cb%3E&amp;language=es" lang="es" hreflang="es">Español</a>' in html
    assert html.count('aria-current="true"') == 1
