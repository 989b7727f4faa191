"""Which kernel images are built, in which order, and for whom."""

import tempfile
from pathlib import Path

import pytest

from nexus_server.kernels import image_building
from nexus_server.kernels.image_building import NoSuchImageError, are_installed, ensure_image, ensure_images
from nexus_server.kernels.shipped_images import Image, build_advice, read_images


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The images that are built, in an engine that has none."""
    # Whoever builds real images on this machine meanwhile is not waited for.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found: list[str] = []
    there: set[str] = set()

    def build(image: Image, reference: str, parent: str) -> None:
        there.add(reference)
        found.append(f"{image.tag} on {parent.split(':', maxsplit=1)[0]}")

    monkeypatch.setattr(image_building, "ensure_base", lambda packages=(): "+".join(("base", *packages)))
    monkeypatch.setattr(image_building, "exists", there.__contains__)
    monkeypatch.setattr(image_building, "build", build)
    return found


def test_parents_come_before_children() -> None:
    names = [image.folder.name for image in read_images()]
    for image in read_images():
        assert image.parent is None or names.index(image.parent) < names.index(image.folder.name)


def test_an_optional_image_is_built_for_who_names_it_and_kept_from_then_on(tmp_path: Path, built: list[str]) -> None:
    usual = {"nexus-python", "nexus-data", "nexus-javascript"}
    assert set(ensure_images(tmp_path)) == usual
    assert are_installed(tmp_path)
    assert set(ensure_images(tmp_path, ["nexus-ml"])) == {*usual, "nexus-ml"}
    assert built[-1] == "nexus-ml on nexus-data"
    assert set(ensure_images(tmp_path)) == {*usual, "nexus-ml"}


def test_who_asks_for_one_image_gets_that_one(tmp_path: Path, built: list[str]) -> None:
    assert set(ensure_image(tmp_path, "nexus-bash")) == {"nexus-bash"}
    assert built == ["nexus-python on base", "nexus-thin on nexus-python", "nexus-bash on nexus-thin"]
    assert not are_installed(tmp_path)


def test_debian_packages_are_in_a_base_of_their_own(tmp_path: Path, built: list[str]) -> None:
    """The parents are built on it once more, without the base that everybody else has."""
    images = {image.folder.name: image for image in read_images()}
    plain = Image(tmp_path / "plain", "plain", "plain", "python", None)
    wanting = Image(tmp_path / "wanting", "wanting", "wanting", "python", None, debian_packages=("gcc",))
    for image in (plain, wanting, wanting):
        image_building._ensure_on(image_building.ensure_base(image.debian_packages), image, images)
    assert built == [
        "nexus-python on base",
        "plain on nexus-python",
        "nexus-python on base+gcc",
        "wanting on nexus-python",
    ]


def test_a_missing_usual_image_is_noticed(tmp_path: Path, built: list[str]) -> None:
    ensure_images(tmp_path)
    assert len(built) == 3
    (tmp_path / "share/jupyter/kernels/nexus-data/kernel.json").unlink()
    assert not are_installed(tmp_path)


def test_an_unknown_image_builds_nothing(tmp_path: Path, built: list[str]) -> None:
    with pytest.raises(NoSuchImageError, match=r"no kernel image 'nexus-gone'; there are .*nexus-ml"):
        ensure_images(tmp_path, ["nexus-gone"])
    assert built == []


def test_advice_is_given_for_optional_kernels_alone() -> None:
    assert "`nexus images nexus-ml`" in build_advice("nexus-ml")
    assert build_advice("nexus-python") == build_advice("nexus-gone") == ""
