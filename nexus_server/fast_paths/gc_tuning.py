"""Keep Python's garbage collector from walking through the whole program again and again.

The 350,000 objects that live as long as the process (modules, schemas, routes) were walked through by each full
collection: 300 ms, in which nobody was answered.
"""

import gc

#: objects made before the youngest generation is looked through; a reply makes some hundred
YOUNG_OBJECTS = 5_000


def settle() -> None:
    """Take everything that was made so far out of the collector's sight; call it once, when the process has started."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)
