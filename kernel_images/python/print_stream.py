"""What cells print, handed on before it fills the memory.

ipykernel collects what is printed for a fifth of a second, at four bytes a character and without a bound, and the
thread that hands it on shares the cell's tenth of a processor: a loop that prints gets ahead of it by a hundred
megabytes.
"""

from ipykernel.iostream import OutStream

#: so many characters may be printed before the cell waits until they are handed on
MAX_AHEAD = 1 << 18


class PrintStream(OutStream):
    """`sys.stdout` or `sys.stderr` of a kernel."""

    #: characters since the last wait
    _ahead = 0

    def write(self, string: str) -> int:
        """Print; may wait until what was printed before is handed on."""
        # A line's end goes with its line.
        if self._ahead > MAX_AHEAD and string != "\n" and self._is_master_process():
            self._ahead = 0
            self.flush()
        self._ahead += len(string)
        # None stands for nothing written, in ipykernel alone
        return super().write(string) or 0
