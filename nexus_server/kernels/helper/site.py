"""What a helper knows of its site before anybody asks it anything, from configuration that only root can change."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec

from nexus_server.kernels.docker.container_engine import KERNEL_LABEL
from nexus_server.kernels.helper.places import Places
from nexus_server.kernels.helper.requests import BadRequestError, StartContainer
from nexus_server.kernels.kernel_users import KernelUsers
from nexus_server.kernels.launcher import IMAGE_LABEL, OWNER_LABEL, KernelImage
from nexus_server.kernels.limits import KernelLimits
from nexus_server.kernels.owners import ADOPTABLE_LABEL, LOCK_LABEL, VIEW_LABEL, own_view
from nexus_server.kernels.sandbox import SandboxSpec
from nexus_server.kernels.settings import SandboxSettings
from nexus_server.kernels.shipped_images import installed_place
from nexus_server.kernels.specs import image_of


class NotAllowedError(BadRequestError):
    """The site's configuration does not allow this."""

    code = "not_allowed"


@dataclass(frozen=True, slots=True)
class Site:
    """One site: its limits, its images, its places."""

    settings: SandboxSettings
    images: Mapping[str, KernelImage]
    users: KernelUsers
    places: Places
    #: where the server keeps the locks that its containers are labelled with
    runtime_root: Path

    def limits(self, memory_mb: int, cpu_share: float) -> KernelLimits:
        """Return the site's limits with these.

        Raises:
            LimitTooHighError: they are more than a lab may ask for.
        """
        return self.settings.limits().asking(memory_mb, cpu_share, ceiling=self.settings.ceiling())

    def owns(self, labels: Mapping[str, str]) -> bool:
        """Whether a container with these labels was started for this site."""
        return Path(labels.get(LOCK_LABEL, "/")).parent == self.runtime_root

    def image(self, reference: str) -> KernelImage:
        """Return one of the installed kernelspecs' images.

        Raises:
            NotAllowedError: none of them has it.
        """
        if reference not in self.images:
            raise NotAllowedError(f"No installed kernelspec has the image {reference}.")
        return self.images[reference]

    def with_image_of(self, kernel_name: str, prefix: Path | None = None) -> "Site":
        """Return the site with the image of one more kernel, as it is installed in this program's own environment."""
        place = installed_place(kernel_name, prefix or Path(sys.prefix))
        image = image_of(KernelSpec.from_resource_dir(str(place)))
        return replace(self, images={**self.images, image.reference: image})

    def spec(self, asked: StartContainer) -> SandboxSpec:
        """Return the container that is started for a request: the command is the image's, the paths are our own.

        Raises:
            NotAllowedError, LimitTooHighError: it is more than the configuration allows.
        """
        image, limits = self.image(asked.image), self.limits(asked.memory_mb, asked.cpu_share)
        if asked.start_cpu_share > max(self.settings.start_cpu_share, limits.cpu_share):
            raise NotAllowedError("It would start with more CPU than `start_cpu_share`.")
        if asked.workspace is not None and asked.slot is not None:
            raise NotAllowedError("It would have two working directories.")
        if asked.is_template and (asked.workspace is not None or asked.slot is not None):
            raise NotAllowedError("A template would have somebody's files.")
        return SandboxSpec(
            kernel_id=asked.label,
            image=asked.image,
            command=image.command,
            env=dict(asked.env),
            limits=limits,
            connection_dir=self.places.kernel(asked.kernel),
            workspace=self._files(asked),
            is_slot=asked.slot is not None,
            uid=self.users.uid,
            gid=self.users.gid,
            start_cpu_share=asked.start_cpu_share,
            start_weight=asked.start_weight,
            labels=self._labels(asked),
            is_template=asked.is_template,
        )

    def _files(self, asked: StartContainer) -> Path | None:
        if asked.slot is not None:
            return self.places.slots / asked.slot
        return None if asked.workspace is None else self.places.store / str(asked.workspace)

    def _labels(self, asked: StartContainer) -> dict[str, str]:
        return {
            KERNEL_LABEL: asked.label,
            IMAGE_LABEL: asked.image,
            OWNER_LABEL: asked.owner,
            LOCK_LABEL: str(self.runtime_root / asked.lock),
            VIEW_LABEL: own_view(),
            ADOPTABLE_LABEL: "1" if asked.is_adoptable else "0",
        }

    # ---- handing it to the helper's process ----

    def to_json(self) -> str:
        """Return all of it as JSON."""
        settings = {name: getattr(self.settings, name) for name in self.settings.trait_names(config=True)}
        return json.dumps(
            {
                "settings": settings,
                "images": {name: _image_json(image) for name, image in self.images.items()},
                "data": str(self.places.data),
                "uid": self.places.uid,
                "gid": self.places.gid,
                "runtime_root": str(self.runtime_root),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "Site":
        """Read what `to_json` wrote."""
        found = json.loads(text)
        settings = SandboxSettings(**found["settings"])
        return cls(
            settings=settings,
            images={name: _image(image) for name, image in found["images"].items()},
            users=KernelUsers.of(settings, is_root=True),
            places=Places.of(Path(found["data"]), found["uid"], found["gid"]),
            runtime_root=Path(found["runtime_root"]),
        )


def _image_json(image: KernelImage) -> dict[str, Any]:
    return {**asdict(image), "env": dict(image.env)}


def _image(found: dict[str, Any]) -> KernelImage:
    return KernelImage(**{**found, "command": tuple(found["command"])})
