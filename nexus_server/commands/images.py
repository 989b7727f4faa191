"""`nexus images`: the kernels' images and kernelspecs."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer


def images(
    optional: Annotated[
        list[str] | None,
        typer.Argument(help="Optional images to build as well, such as nexus-ml.", show_default=False),
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Build every optional image, too.")] = False,
    prefix: Annotated[
        Path | None, typer.Option(help="Environment that gets the kernelspecs.  [default: the one of this command]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object: kernel name to image.")] = False,
) -> None:
    """Build the kernel images that are missing or outdated, and install their kernelspecs.

    An optional image is built when it is named, and kept up to date from then on.
    """
    from nexus_server.kernels.image_building import ensure_images
    from nexus_server.kernels.shipped_images import kernel_images

    wanted = [image.kernel_name for image in kernel_images()] if every else optional or ()
    installed = ensure_images(prefix or Path(sys.prefix), wanted)
    if as_json:
        typer.echo(json.dumps(installed))
    else:
        typer.echo("images: ready: " + ", ".join(f"{name} ({image})" for name, image in installed.items()))


def install_missing_images() -> None:
    """Do so where a kernel has never been installed: the first start after `pip install`. Without an engine say so."""
    from nexus_server.kernels.image_building import ImageError, are_installed, ensure_images

    prefix = Path(sys.prefix)
    if are_installed(prefix):
        return
    try:
        ensure_images(prefix)
    except (ImageError, OSError) as error:
        typer.echo(f"images: no kernels for now: {error}", err=True)
