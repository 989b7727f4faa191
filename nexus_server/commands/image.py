"""`nexus image`: kernel images of one's own."""

from typing import Annotated

import typer

app = typer.Typer(help="Make kernel images for more languages.", no_args_is_help=True)


@app.callback()
def image() -> None:
    """Make kernel images for more languages."""


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(help="The language in lower case, such as lua.")],
    *,
    command: Annotated[str, typer.Option(help="The program that runs a cell; the cell's file is its last word.")],
    title: Annotated[str, typer.Option(help="The language as its makers write it.  [default: the name]")] = "",
    extension: Annotated[str, typer.Option(help="How names of its files end.")] = ".txt",
    debian: Annotated[
        list[str] | None, typer.Option(help="A Debian package that the image needs; may be given more than once.")
    ] = None,
) -> None:
    """Write the folder of a new image into kernel_images/: a kernel that works at once, to go on from.

    `nexus images nexus-NAME` builds it, and the recipe for a language says what else it needs.
    """
    from nexus_server.kernels.image_scaffold import NewImage, write_image

    folder = write_image(NewImage(name, title or name.capitalize(), command, extension, tuple(debian or ())))
    typer.echo(f"{folder} is written; `nexus images nexus-{name}` builds it.")
