"""The schema of ``labs/<lab>.cases/cases.yaml``."""

from pydantic import RootModel

#: ends the name of the folder beside a lab
CASES_SUFFIX = ".cases"


class CasesFile(RootModel[dict[str, list[str]]]):
    """By a case's name: the tests that a wrong solution must not pass, or that a right one must pass."""
