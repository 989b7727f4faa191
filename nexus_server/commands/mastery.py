"""`nexus mastery fit`: parameters of the mastery model from the site's own learners."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from nexus_server.commands.data_dir import Data, open_up_to_date
from nexus_server.errors import ConflictError

if TYPE_CHECKING:
    from nexus_server.mastery.fitting import Fit
    from nexus_server.mastery.model import Evidence
    from nexus_server.services import Services

app = typer.Typer(help="What learners know, estimated from their answers.", no_args_is_help=True)
console = Console()
#: fewer say nothing about a site
LEAST_ANSWERS = 200


class TooFewAnswersError(ConflictError):
    """There are too few answers to fit anything to."""

    code = "too_few_answers"


@app.callback()
def mastery() -> None:
    """Keep `fit` a command of its own."""


@app.command("fit")
def fit_parameters(
    *,
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    data: Data = None,
) -> None:
    """Fit the model to every answer so far, and print the settings; nothing is changed."""
    from nexus_server.mastery.fitting import fit

    learners = asyncio.run(_read(open_up_to_date(data)))
    answers = sum(map(len, learners))
    if answers < LEAST_ANSWERS:
        raise TooFewAnswersError(f"There are {answers} answers about concepts; {LEAST_ANSWERS} are needed.")
    found = fit(learners)
    if json_output:
        console.print_json(data=_plain(found))
        return
    for name, value in _settings(found).items():
        console.print(f"c.MasterySettings.{name} = {value}", highlight=False)
    console.print(
        f"# {found.answers} answers: log-loss {found.log_loss:.3f}, calibration error {found.calibration_error:.3f}",
        highlight=False,
    )


def _settings(found: "Fit") -> dict[str, float]:
    parameters = found.parameters
    values = {
        "base_log_odds": parameters.base,
        "right_gain_log_odds": parameters.right_gain,
        "wrong_gain_log_odds": parameters.wrong_gain,
        "half_life_days": parameters.half_life_days,
        "half_life_growth_ratio": parameters.half_life_growth,
        "ability_variance": parameters.ability_variance,
    }
    return {name: round(value, 4) for name, value in values.items()}


def _plain(found: "Fit") -> dict[str, object]:
    return {
        "settings": _settings(found),
        "answers": found.answers,
        "log_loss": found.log_loss,
        "calibration_error": found.calibration_error,
    }


async def _read(services: "Services") -> "list[list[Evidence]]":
    from nexus_server.gamify.projections import Projections
    from nexus_server.mastery.evidence import read_evidence

    try:
        learners = []
        for user_id in await Projections(services.database).learner_ids():
            async with services.database.reading() as session:
                learners.append(await read_evidence(session, user_id))
        return learners
    finally:
        await services.close()
