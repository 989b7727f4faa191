"""The languages of the playground: those whose kernels are here, and those that could be."""

import asyncio
from dataclasses import dataclass
from typing import Any

from nexus_server.errors import InvalidError
from nexus_server.kernels.first_use import FirstUse
from nexus_server.kernels.shipped_images import kernel_images
from nexus_server.kernels.specs import product_specs
from nexus_server.phrases import phrase


class NoSuchLanguageError(InvalidError):
    """The playground does not know this language."""

    code = "no_such_language"


@dataclass(frozen=True, slots=True)
class PlaygroundLanguage:
    """A language, and the kernel that runs it."""

    name: str
    display_name: str
    kernel_name: str


@dataclass(frozen=True, slots=True)
class MissingLanguage(PlaygroundLanguage):
    """A language whose kernel is shipped, and that nobody has built here."""

    #: about how long it takes to build, when running a program begins that; None: only an administrator can
    minutes: int | None
    is_preparing: bool


class PlaygroundLanguages:
    """Knows the languages by what is installed and what is shipped."""

    def __init__(self, specs: Any, first_use: FirstUse | None) -> None:
        """`specs` finds kernel specs; `first_use` prepares what is missing, where the site does that."""
        self._specs = specs
        self._first_use = first_use

    def offered(self) -> list[PlaygroundLanguage]:
        """Return the languages, by name; of two kernels for one language the first is taken.

        A kernel that runs more than the one language of its kernelspec names the others in `also`, in its metadata.
        """
        found: dict[str, PlaygroundLanguage] = {}
        for kernel_name, each in sorted(product_specs(self._specs).items()):
            spec = each["spec"]
            for language in (spec["language"], *spec["metadata"].get("also", ())):
                preferred = kernel_name == f"nexus-{language}"
                if language not in found or preferred:
                    found[language] = PlaygroundLanguage(language, spec["display_name"], kernel_name)
        return sorted(found.values(), key=lambda each: each.name)

    def missing(self) -> list[MissingLanguage]:
        """Return the languages that could be here, by name: their kernels are shipped, and nobody has built them."""
        offered = {each.name for each in self.offered()}
        found = [
            self._missing(image.kernel_name, spec["language"], spec["display_name"])
            for image in kernel_images()
            for spec in [image.read_kernelspec()]
        ]
        return sorted((each for each in found if each.name not in offered), key=lambda each: each.name)

    def _missing(self, kernel_name: str, language: str, display_name: str) -> MissingLanguage:
        by_asking = self._first_use
        if by_asking is None or not by_asking.may_prepare(kernel_name):
            return MissingLanguage(language, display_name, kernel_name, None, is_preparing=False)
        minutes, is_preparing = by_asking.minutes(kernel_name), by_asking.is_preparing(kernel_name)
        return MissingLanguage(language, display_name, kernel_name, minutes, is_preparing=is_preparing)

    async def kernel_of(self, language: str) -> str:
        """Return the name of a language's kernel.

        Raises:
            NoSuchLanguageError: nobody runs this language here.
            KernelInPreparationError, KernelNotPreparedError: nobody does so yet.
        """
        kernel_names = {each.name: each.kernel_name for each in await asyncio.to_thread(self.offered)}
        if language in kernel_names:
            return kernel_names[language]
        if self._first_use is not None:
            for each in await asyncio.to_thread(self.missing):
                if each.name == language:
                    await self._first_use.require(each.kernel_name)
        known = ", ".join(kernel_names)
        raise NoSuchLanguageError(
            fields={
                "language": phrase("The playground knows {known}, not {language!r}.", known=known, language=language)
            }
        )
