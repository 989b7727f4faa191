"""Which installed kernelspecs are this product's, and what they say about their image."""

import re
from typing import Any

from jupyter_client.kernelspec import KernelSpec, NoSuchKernel

from nexus_server.kernels.errors import KernelStartError
from nexus_server.kernels.launcher import KernelImage
from nexus_server.kernels.sandbox import CONNECTION_DIR

PROVISIONER = "nexus-sandbox"


def is_product(spec: dict[str, Any]) -> bool:
    """Whether a kernel spec, as a dict, starts a sandboxed kernel; anything else would run on the host."""
    provisioner = (spec.get("metadata") or {}).get("kernel_provisioner") or {}
    return provisioner.get("provisioner_name") == PROVISIONER


def product_specs(manager: Any) -> dict[str, dict[str, Any]]:
    """Return the product's kernel specs by name: ``{"spec": ..., "resource_dir": ...}``."""
    return {name: found for name, found in manager.get_all_specs().items() if is_product(found["spec"])}


def find_product_spec(manager: Any, name: str) -> KernelSpec | None:
    """Return one of the product's kernel specs, or None."""
    try:
        spec = manager.get_kernel_spec(name)
    except (NoSuchKernel, ValueError):  # ValueError: a name that no kernel can have
        return None
    return spec if is_product(spec.to_dict()) else None


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
        spec = find_product_spec(manager, name)
        if spec is not None:
            found[name] = image_of(spec)
    return found
