"""`nexus badges`: who would get a badge, and giving those that are due."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from nexus_server.commands.data_dir import Data, open_up_to_date
from nexus_server.errors import InvalidError

if TYPE_CHECKING:
    from nexus_server.gamify.badge_review import BadgeReview, Candidate
    from nexus_server.gamify.criteria.expressions import Criterion
    from nexus_server.services import Services

app = typer.Typer(help="Badges: try criteria, and give what is due.", no_args_is_help=True)
console = Console()


@app.command()
def who(
    badge: Annotated[str, typer.Argument(help="Slug of a badge, or a file with criteria (YAML or JSON).")],
    *,
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    data: Data = None,
) -> None:
    """Tell who would get a badge today, and who has it; nothing is given."""
    criterion = _read(Path(badge)) if Path(badge).is_file() else None
    found = asyncio.run(_who(open_up_to_date(data), badge, criterion))
    if json_output:
        rows = [
            {"user_id": str(one.user_id), "display_name": one.display_name, "email": one.email, "has_it": one.has_it}
            for one in found
        ]
        console.print_json(data={"badge": badge, "learners": rows})
        return
    table = Table("learner", "e-mail", "has it")
    for one in found:
        table.add_row(one.display_name, one.email, "yes" if one.has_it else "no")
    console.print(table)
    console.print(f"{sum(not one.has_it for one in found)} would get it, {sum(one.has_it for one in found)} have it.")


@app.command()
def award(data: Data = None) -> None:
    """Give every learner the badges that are due, such as new ones for what was done before."""
    console.print(f"Gave {asyncio.run(_award(open_up_to_date(data)))} badges.")


def _read(path: Path) -> "Criterion":
    """Return the criteria of a file.

    Raises:
        InvalidError: they are none; each fault is said with its line.
    """
    from nexus_server.gamify.criteria.faults import BadCriteriaError
    from nexus_server.gamify.criteria.parsing import parse_criteria
    from nexus_server.roadmaps.files.problem import ContentError
    from nexus_server.roadmaps.files.yaml_lines import read_yaml

    try:
        document = read_yaml(path.read_text(encoding="utf-8"), str(path))
        return parse_criteria(document.data)
    except UnicodeDecodeError:
        raise InvalidError(f"{path}: not UTF-8.") from None
    except ContentError as error:
        raise InvalidError(str(error)) from None
    except BadCriteriaError as error:
        lines = [f"{path}:{document.line_of(fault.path)}: {fault}" for fault in error.faults]
        raise InvalidError("\n".join(lines)) from None


def _review(services: "Services") -> "BadgeReview":
    from nexus_server.gamify.badge_review import BadgeReview

    return BadgeReview(services.database, services.announcer)


async def _who(services: "Services", badge: str, criterion: "Criterion | None") -> "list[Candidate]":
    review = _review(services)
    try:
        if criterion is not None:
            return [one async for one in review.candidates(criterion)]
        return [one async for one in review.candidates(await review.criterion(badge), badge)]
    finally:
        await services.close()


async def _award(services: "Services") -> int:
    review = _review(services)
    try:
        ids = await review.learner_ids()
        return sum([len(await review.award(each)) for each in track(ids, description="Awarding", console=console)])
    finally:
        await services.close()
