"""Kernel specs as learners may know them: the product's own, without command lines and environments."""

from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, authenticated

from nexus_server.kernels.specs import find_product_spec, product_specs

LOGO_TYPES = {".png": "image/png", ".svg": "image/svg+xml"}


def public_model(name: str, spec: dict[str, Any], resource_dir: str, base_url: str) -> dict[str, Any]:
    """Return what JupyterLab needs to show a kernel; how it is started is nobody's business."""
    logos = [path for path in sorted(Path(resource_dir).glob("logo-*")) if path.suffix in LOGO_TYPES]
    return {
        "name": name,
        "spec": {
            "argv": [],
            "env": {},
            "display_name": spec.get("display_name", name),
            "language": spec.get("language", ""),
            "interrupt_mode": spec.get("interrupt_mode", "signal"),
            "metadata": {"debugger": False},
        },
        "resources": {path.stem: url_path_join(base_url, "kernelspecs", name, path.name) for path in logos},
    }


def find_logo(folder: Path, name: str) -> Path | None:
    """Return the logo of this name in a kernel spec's folder, or None."""
    logos = {path.name: path for path in folder.glob("logo-*") if path.suffix in LOGO_TYPES}
    return logos.get(name)


class KernelSpecsHandler(APIHandler):
    """GET /api/kernelspecs."""

    auth_resource = "kernelspecs"

    @authenticated
    @authorized(action="read", resource="kernelspecs")
    async def get(self) -> None:
        """List the product's kernels."""
        specs = product_specs(self.kernel_spec_manager)
        models = {
            name: public_model(name, found["spec"], found["resource_dir"], self.base_url)
            for name, found in specs.items()
        }
        self.finish({"default": self.kernel_manager.default_kernel_name, "kernelspecs": models})


class KernelSpecHandler(APIHandler):
    """GET /api/kernelspecs/{name}."""

    auth_resource = "kernelspecs"

    @authenticated
    @authorized(action="read", resource="kernelspecs")
    async def get(self, kernel_name: str) -> None:
        """Show one kernel."""
        spec = find_product_spec(self.kernel_spec_manager, kernel_name)
        if spec is None:
            raise HTTPError(404, f"There is no kernel named {kernel_name!r}.")
        self.finish(public_model(kernel_name, spec.to_dict(), spec.resource_dir, self.base_url))


class KernelSpecLogoHandler(JupyterHandler):
    """GET /kernelspecs/{name}/{file}: logos, and nothing else that lies beside a kernel spec."""

    auth_resource = "kernelspecs"

    @authenticated
    @authorized(action="read", resource="kernelspecs")
    async def get(self, kernel_name: str, path: str) -> None:
        """Send a logo."""
        spec = find_product_spec(self.kernel_spec_manager, kernel_name)
        logo = None if spec is None else find_logo(Path(spec.resource_dir), path)
        if logo is None:
            raise HTTPError(404)
        self.set_header("Content-Type", LOGO_TYPES[logo.suffix])
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "private, max-age=3600")
        self.finish(logo.read_bytes())
