"""The document of the learner's application runs nothing but the built scripts, and names them as they are built."""

import json
import os
from pathlib import Path

from nexus_server.languages import UserLanguage
from nexus_server.web.compression import accepted_encodings, built_brotli
from nexus_server.web.learn_document import POLICY, render_learn


def write_build(root: Path, script: str) -> None:
    manifest = {"script": script, "styles": ["learn-1.css"], "preload": ["chunk-1.js"], "home": ["HomePage-1.js"]}
    (root / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_it_names_the_files_of_the_build(tmp_path: Path) -> None:
    write_build(tmp_path, "learn-1.js")
    html = render_learn("/base/", tmp_path, "dark", UserLanguage.ENGLISH)
    assert 'src="/base/nexus/static/learn/learn-1.js"' in html
    assert 'href="/base/nexus/static/learn/learn-1.css"' in html
    assert '<html lang="en" data-nx-theme="dark">' in html


def test_the_start_page_names_its_own_part_so_that_it_need_not_be_found_out(tmp_path: Path) -> None:
    write_build(tmp_path, "learn-1.js")
    part = '<link rel="modulepreload" href="/nexus/static/learn/HomePage-1.js">'
    assert part in render_learn("/", tmp_path, "dark", UserLanguage.ENGLISH, is_home=True)
    assert part not in render_learn("/", tmp_path, "dark", UserLanguage.ENGLISH)


def test_what_the_page_shows_first_is_data_and_cannot_leave_its_element(tmp_path: Path) -> None:
    write_build(tmp_path, "learn-1.js")
    first = json.dumps({"me": {"display_name": "</script><script>alert(1)</script>"}})
    html = render_learn("/", tmp_path, "dark", UserLanguage.ENGLISH, is_home=True, first=first)
    _, _, rest = html.partition('<script id="nexus-first" type="application/json">')
    assert json.loads(rest.partition("</script>")[0]) == json.loads(first)
    assert "nexus-first" not in render_learn("/", tmp_path, "dark", UserLanguage.ENGLISH, is_home=True)


def test_a_hostile_base_url_stays_inside_what_it_is_in(tmp_path: Path) -> None:
    write_build(tmp_path, "learn-1.js")
    html = render_learn('/"></script><script>alert(1)</script>/', tmp_path, "auto", UserLanguage.ENGLISH)
    assert "<script>" not in html


def test_no_inline_script_runs_and_nobody_frames_it() -> None:
    directives = dict(part.split(" ", 1) for part in POLICY.split("; "))
    assert directives["script-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"
    assert directives["default-src"] == "'none'"


def test_a_quality_of_zero_is_a_no() -> None:
    assert accepted_encodings("gzip, br;q=0") == {"gzip"}
    assert accepted_encodings("br;q=1.0, gzip;q=0.0, zstd") == {"br"}
    assert accepted_encodings("") == set()


def test_what_was_compressed_of_another_version_is_not_sent(tmp_path: Path) -> None:
    file, built = tmp_path / "a.js", tmp_path / "a.js.br"
    file.write_bytes(b"new")
    assert built_brotli(file) is None
    built.write_bytes(b"compressed")
    assert built_brotli(file) == b"compressed"
    newer = built.stat().st_mtime + 10
    os.utime(file, (newer, newer))
    assert built_brotli(file) is None
