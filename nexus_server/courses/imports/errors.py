"""What can go wrong when other tools' material is imported."""

from nexus_server.errors import InvalidError, TooLargeError


class UnreadableImportError(InvalidError):
    """This file cannot be read as any format that can be imported."""

    code = "unreadable_import"


class NothingToImportError(InvalidError):
    """Nothing of this file can be imported."""

    code = "nothing_to_import"


class ImportTooLargeError(TooLargeError):
    """This file holds more than an import may have."""

    code = "import_too_large"
