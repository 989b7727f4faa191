"""Which installed kernelspecs are this product's, and what they say about their image."""

import re
from typing import Any

from nexus_server.kernels.errors import KernelStartError
from nexus_server.kernels.launcher import KernelImage
from nexus_server.kernels.sandbox import CONNECTION_DIR

PROVISIONER = "nexus-sandbox"


def image_of(spec: Any) -> KernelImage:
    """Read a kernelspec (Jupyter's `KernelSpec`).

    Raises:
        KernelStartError: it names no image.
    """
    config = spec.metadata.get("kernel_provisioner", {}).get("config", {})
    if not config.get("image"):
        raise KernelStartError("The kernelspec names no image.")
    file = f"{CONNECTION_DIR}/connection.json"
    command = tuple(re.sub(r"\{connection_file\}", file, part) for part in spec.argv)
    return KernelImage(
        config["image"],
        command,
        is_claimable=bool(config.get("claimable")),
        env=dict(spec.env),
        memory_mb=int(config.get("memory_mb", 0)),
        claim=str(config.get("claim", "")),
    )


def product_images(manager: Any) -> dict[str, KernelImage]:
    """Every sandboxed kernel that is installed: kernel name to image. `manager` is a `KernelSpecManager`."""
    found: dict[str, KernelImage] = {}
    for name in sorted(manager.find_kernel_specs()):
        spec = manager.get_kernel_spec(name)
        if spec.metadata.get("kernel_provisioner", {}).get("provisioner_name") == PROVISIONER:
            found[name] = image_of(spec)
    return found
