"""`nexus grade`: grade submissions on this machine, with no server and no database; `nexus grade verify`.

Exit codes: 0 graded (whatever the score), 1 grading failed or a signature does not hold, 2 the input cannot be used.
"""

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from nexus_server.commands.separating import become_owner, give_up_root
from nexus_server.grading.options import GradeOptions, Mode, templates_for


class _GradeGroup(TyperGroup):
    """`nexus grade X` means `nexus grade run X`; only `verify` is a command of its own."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command in."""
        if not args or args[0] not in self.commands:
            args = ["run", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=_GradeGroup, help="Grade submissions in the sandbox; `verify` checks a signed result.")


@app.command("run")
def grade(
    submission: Annotated[Path, typer.Argument(help="The learner's notebook, or a directory of them.")],
    *,
    source: Annotated[Path, typer.Option(help="The instructor's notebook, with solutions and hidden tests.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that one cell may take.")] = 30.0,
    notebook_timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that a notebook may take.")] = 300.0,
    mode: Annotated[Mode, typer.Option(help="Where test cells run.")] = Mode.AUTO,
    kernel: Annotated[
        str, typer.Option(help="Kernel to run in; by default the sandboxed one that fits the notebook's imports.")
    ] = "",
    memory: Annotated[int | None, typer.Option(min=64, help="MiB that a kernel may use.")] = None,
    csv: Annotated[Path | None, typer.Option(help="For a directory: write a table here.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="For a directory: gradings side by side.")] = os.cpu_count() or 1,
) -> None:
    """Grade a submission, or every notebook below a directory, against its source. Also: `nexus grade verify FILE`."""
    place, around = Path.cwd(), source if source.is_dir() else source.parent
    give_up_root([submission, around], [csv.parent] if csv is not None else [])
    if Path.cwd() != place:  # nobody but root may be there
        submission, source, csv = place / submission, place / source, place / csv if csv is not None else None
    from nexus_server.commands.grade_run import run

    options = GradeOptions(
        kernel_name=kernel,
        mode=mode,
        cell_timeout_s=timeout,
        notebook_timeout_s=notebook_timeout,
        memory_mb=memory,
        templates=templates_for(jobs) if submission.is_dir() else 0,
    )
    run(submission, source, options, has_kernel=bool(kernel), jobs=jobs, csv=csv, as_json=as_json)


@app.command("verify")
def verify(
    result: Annotated[
        Path,
        typer.Argument(help="A result as printed by --json, or a submission as the server shows it; - reads stdin."),
    ],
) -> None:
    """Check that a result was signed with this installation's key and not changed since."""
    place = Path.cwd()
    become_owner([result])
    if Path.cwd() != place:  # nobody but root may be there
        result = result if str(result) == "-" else place / result
    from nexus_server.commands.grade_run import check_signature

    check_signature(result)
