"""Shorter ways to the same result, in one place and with one switch: `c.NexusSettings.fast_paths`.

Each leans on how a library works inside, or on what stays the same between two requests, and saves time only. Without
them the product does the same by the libraries' public names. Whoever meets a fault in a new release of a library
turns them off.

`sqlite_driver`: one turn of SQLite's thread for a statement. `guarded`: a log-in written in one step. `row_memory`: a
page of roadmaps reads only what changed. `direct_routes`: plain paths are looked up. `gc_tuning`: the collector leaves
alone what lives as long as the process.
"""
