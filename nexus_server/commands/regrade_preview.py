"""`nexus regrade-preview`: whose points a repaired test would change, before it counts."""

import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from nexus_server.commands.data_dir import Data, open_upgraded, use_data_dir
from nexus_server.commands.separating import give_up_root

if TYPE_CHECKING:
    from nexus_server.services import Services
    from nexus_server.teaching.regrade_preview import RegradeOutcome

Lab = Annotated[str, typer.Argument(help="The lab, as ROADMAP/NODE.", metavar="ROADMAP/NODE")]
All = Annotated[bool, typer.Option("--all", help="Also what was graded by today's tests.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def regrade_preview(lab: Lab, *, everything: All = False, as_json: AsJson = False, data: Data = None) -> None:
    """Grade a lab's submissions against today's source, and show whose points would change; nothing is written."""
    use_data_dir(data)
    give_up_root()
    outcomes = asyncio.run(_outcomes(open_upgraded(), lab, everything=everything))
    if as_json:
        typer.echo(json.dumps({"submissions": [asdict(each) for each in outcomes]}, default=str))
        return
    for each in outcomes:
        if each.is_change:
            typer.echo(_line(each))
    changed = sum(each.is_change for each in outcomes)
    typer.echo(f"{len(outcomes)} submissions graded again, {changed} would change; nothing was written.")


def _line(outcome: "RegradeOutcome") -> str:
    after = outcome.reason if outcome.after is None else f"{outcome.after:g} of {outcome.max_score:g}"
    return f"{outcome.display_name}, attempt {outcome.attempt}: {outcome.before:g} -> {after}"


async def _outcomes(services: "Services", lab: str, *, everything: bool) -> "list[RegradeOutcome]":
    roadmap_slug, _, node_slug = lab.partition("/")
    preview = services.teaching.preview
    try:
        return [each async for each in preview.outcomes(roadmap_slug, node_slug, only_changed=not everything)]
    finally:
        await preview.close()
        await services.close()
        services.kernels.close()
