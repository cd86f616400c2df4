"""What stays for good is kept from the garbage collector: modules, and the record with all that is computed from it.

Streamlit collects in full after each run of a script. Looking at everything that a record of today's size holds takes
the processor for a fifth of a second, in which no session is answered.
"""

from __future__ import annotations

import gc
import sys

_kept = {"modules": 0}
"""How many modules there were when things were kept last."""


def keep(*, anew: bool = False) -> None:
    """Keep what lives now, if a module was imported since the last time; ``anew`` lets go of what was kept before."""
    if not anew and len(sys.modules) == _kept["modules"]:
        return
    if anew:
        gc.unfreeze()
    gc.collect()
    gc.freeze()
    _kept["modules"] = len(sys.modules)
