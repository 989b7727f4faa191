"""What a helper starts for whom: the server names things, the configuration of root's decides."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nexus_server.installation import KERNEL_IMAGES
from nexus_server.kernels.docker.config import container_config
from nexus_server.kernels.errors import LimitTooHighError
from nexus_server.kernels.helper.places import Places
from nexus_server.kernels.helper.requests import StartContainer
from nexus_server.kernels.helper.site import NotAllowedError, Site
from nexus_server.kernels.kernel_users import KernelUsers
from nexus_server.kernels.launcher import KernelImage
from nexus_server.kernels.owners import LOCK_LABEL
from nexus_server.kernels.settings import SandboxSettings
from nexus_server.kernels.shipped_images import installed_place
from tests.unit.kernels.helper.test_requests import OWNER, START


@pytest.fixture
def site(tmp_path: Path) -> Site:
    settings = SandboxSettings(memory_mb=128, max_memory_mb=256, max_cpu_share=0.5, start_cpu_share=1.0)
    image = KernelImage("nexus-python:1", ("python", "kernel.py"), is_claimable=True, env={})
    return Site(
        settings=settings,
        images={image.reference: image},
        users=KernelUsers.of(settings, is_root=True),
        places=Places.of(tmp_path, 999, 999),
        runtime_root=tmp_path / "run",
    )


def asked(**changes: Any) -> StartContainer:
    return START.model_copy(update=changes)


def test_the_container_is_the_configurations_and_its_places_are_the_helpers(site: Site) -> None:
    config = container_config(site.spec(asked()))
    assert (config["Image"], config["Cmd"], config["User"]) == (
        "nexus-python:1",
        ["python", "kernel.py"],
        "61000:61000",
    )
    assert config["HostConfig"]["Privileged"] is False
    assert config["HostConfig"]["CapDrop"] == ["ALL"]
    sources = {mount["Source"] for mount in config["HostConfig"]["Mounts"]}
    assert sources == {str(site.places.kernels / "ab12"), str(site.places.slots / "pool-ab12")}


def test_a_learners_files_are_those_that_the_helper_mounted(site: Site) -> None:
    spec = site.spec(asked(slot=None, workspace=OWNER))
    assert (spec.workspace, spec.is_slot) == (site.places.store / str(OWNER), False)


def test_an_image_that_was_built_meanwhile_is_started(site: Site, tmp_path: Path) -> None:
    place = installed_place("nexus-c", tmp_path)
    place.mkdir(parents=True)
    shipped = (KERNEL_IMAGES / "c" / "kernelspec" / "kernel.json").read_text(encoding="utf-8")
    (place / "kernel.json").write_text(shipped.replace('"image": "nexus-c"', '"image": "nexus-c:abc"'))
    wider = site.with_image_of("nexus-c", tmp_path)
    assert wider.spec(asked(image="nexus-c:abc")).command[1] == "/opt/nexus/c_kernel.py"
    assert wider.spec(asked()).image == "nexus-python:1"


def test_only_installed_images_are_started(site: Site) -> None:
    with pytest.raises(NotAllowedError):
        site.spec(asked(image="alpine:latest"))


@pytest.mark.parametrize("limits", [{"memory_mb": 257}, {"cpu_share": 0.6}], ids=str)
def test_no_more_than_the_site_allows_is_given(site: Site, limits: dict[str, Any]) -> None:
    with pytest.raises(LimitTooHighError):
        site.spec(asked(**limits))


def test_a_start_is_no_faster_than_the_site_allows(site: Site) -> None:
    with pytest.raises(NotAllowedError):
        site.spec(asked(start_cpu_share=1.5))


@pytest.mark.parametrize(
    "files",
    [{"workspace": OWNER}, {"is_template": True}, {"slot": None, "workspace": OWNER, "is_template": True}],
    ids=["kernel", "template", "both"],
)
def test_a_template_has_nobodys_files_and_a_kernel_one_place_for_them(site: Site, files: dict[str, Any]) -> None:
    with pytest.raises(NotAllowedError):
        site.spec(asked(**files))


def test_a_label_cannot_make_a_container_another_sites(site: Site, tmp_path: Path) -> None:
    labels = site.spec(asked()).labels
    assert labels[LOCK_LABEL] == str(tmp_path / "run" / "server.lock")
    assert site.owns(labels)
    assert not replace(site, runtime_root=tmp_path / "other").owns(labels)
    assert not site.owns({})


def test_the_helpers_process_is_told_the_same_site(site: Site) -> None:
    read = Site.from_json(site.to_json())
    assert (read.images, read.users, read.places, read.runtime_root) == (
        site.images,
        site.users,
        site.places,
        site.runtime_root,
    )
    assert read.settings.ceiling() == site.settings.ceiling()
