"""Settings of a connection that change what a check sees, put back as they were."""

import sqlite3

#: settings of a connection that change what a check sees, as they are in the beginning
_SETTINGS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA ignore_check_constraints = OFF",
    "PRAGMA writable_schema = OFF",
    "PRAGMA case_sensitive_like = OFF",
    "PRAGMA reverse_unordered_selects = OFF",
    "PRAGMA query_only = OFF",
)


def reset(connection: sqlite3.Connection) -> None:
    """End an open transaction, and put the settings back."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    for setting in _SETTINGS:
        connection.execute(setting)
