"""The lab in Python: in a script, a notebook or a shell, with the store that the pages have."""


class Failed(RuntimeError):
    """What was asked for could not be done, although the input was good."""
