"""The playground: run a piece of code once."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from nexus_server.errors import RateLimitedError
from nexus_server.handlers.base import NexusHandler
from nexus_server.handlers.lists import FromAttributes
from nexus_server.handlers.operation import Route, operation
from nexus_server.languages import translate
from nexus_server.phrases import gettext_noop
from nexus_server.tutor.failure import Failure, language_of
from nexus_server.tutor.hints.types import HintRequest


class RunIn(BaseModel):
    """What to run; `stdin` answers the program's questions, one line each."""

    model_config = ConfigDict(extra="forbid")
    language: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    code: Annotated[str, StringConstraints(max_length=50_000)]
    stdin: Annotated[str, StringConstraints(max_length=50_000)] = ""
    #: whether a failure may be explained, which counts as a hint
    with_hint: bool = Field(default=True)


class RunErrorOut(FromAttributes):
    """What the code raised."""

    ename: str
    evalue: str
    traceback: list[str]


class RunHintOut(FromAttributes):
    """An explanation of the error, or what to do about the limit that ended the run; Markdown."""

    text: str
    concept: str
    source: str


class RunOut(FromAttributes):
    """What a run said. `killed_by` says which limit ended it."""

    stdout: str
    stderr: str
    result: str | None
    status: Literal["ok", "error", "killed"]
    error: RunErrorOut | None
    duration_ms: int
    killed_by: str | None
    truncated: bool
    hint: RunHintOut | None = None


class LanguageOut(FromAttributes):
    """A language of the playground."""

    name: str
    display_name: str
    kernel_name: str


class MissingLanguageOut(LanguageOut):
    """A language that the product has, and that nobody has set up here.

    `minutes` says about how long that takes, when to run a program in it begins that; null: only an administrator can.
    """

    minutes: int | None
    is_preparing: bool


class LanguagesOut(BaseModel):
    """Every language."""

    items: list[LanguageOut]
    missing: list[MissingLanguageOut]
    next: str | None = None


class RunsHandler(NexusHandler):
    """POST /playground/runs."""

    exam_aid = "playground"

    @operation("Run code once in a fresh container", body=RunIn, reply=RunOut)
    async def post(self, body: RunIn) -> RunOut:
        """Run it, and explain its error."""
        run = await self.services.playground.run(self.learner, body.language, body.code, body.stdin)
        out = RunOut.model_validate(run)
        if run.error is not None and body.with_hint:
            failure = Failure(
                body.code,
                run.error.ename,
                run.error.evalue[:2_000],
                "\n".join(run.error.traceback),
                language_of(f"nexus-{body.language}"),
            )
            out.hint = await self._explain(failure)
        elif run.advice is not None:
            concept = translate(gettext_noop("limits of the sandbox"), self.language)
            out.hint = RunHintOut(text=translate(run.advice, self.language), concept=concept, source="static")
        return out

    async def _explain(self, failure: Failure) -> RunHintOut | None:
        try:
            hint = await self.services.tutor.hints.hint(self.learner, HintRequest(failure, reader=self.language))
        except RateLimitedError:  # today's hints are used up; the run is worth showing without one
            return None
        return RunHintOut.model_validate(hint)


class LanguagesHandler(NexusHandler):
    """GET /playground/languages."""

    @operation("List the playground's languages", reply=LanguagesOut)
    async def get(self) -> LanguagesOut:
        """Answer."""
        languages = self.services.playground.languages
        return LanguagesOut(
            items=[LanguageOut.model_validate(each) for each in languages.offered()],
            missing=[MissingLanguageOut.model_validate(each) for each in languages.missing()],
        )


ROUTES = [Route("/playground/runs", RunsHandler), Route("/playground/languages", LanguagesHandler)]
