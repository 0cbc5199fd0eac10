"""From arguments to an exit code; whatever is wrong with the input is told in one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from dissociation.cli.parser import parser
from dissociation.cli.refusals import BadUsage
from dissociation.core.numerics import check_environment
from dissociation.core.validation import DamagedData, InvalidValue
from dissociation.python import Failed

FINE, COULD_NOT, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command.

    **Arguments:**

    - `argv`: the arguments; those of the process if not given.

    **Returns:** 0 fine, 1 could not, 2 bad input, 130 interrupted.
    """
    try:
        _dispatch(argv)
        sys.stdout.flush()
        return FINE
    except SystemExit as leaving:
        # After --help.
        return int(leaving.code or FINE)
    except Failed as problem:
        return _refuse(COULD_NOT, str(problem))
    except (BadUsage, InvalidValue, DamagedData) as problem:
        return _refuse(BAD_INPUT, str(problem))
    except BrokenPipeError:
        # Whoever read the output has seen enough; Python would complain again when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT
    except OSError as problem:
        file = f": {problem.filename!r}" if problem.filename is not None else ""
        return _refuse(BAD_INPUT, f"{problem.strerror or problem}{file}")
    except KeyboardInterrupt as interruption:
        remains = str(interruption) or "What is finished is stored."
        return _refuse(INTERRUPTED, f"interrupted. {remains}")


def _dispatch(argv: Sequence[str] | None) -> None:
    arguments = parser().parse_args(argv)
    if arguments.command == "list":
        from dissociation.cli.listing import show

        show(as_json=arguments.json)
        return
    check_environment()
    if arguments.command == "serve":
        from dissociation.cli.serve import serve

        serve(arguments.address, arguments.port)
    from dissociation.cli import commands

    if arguments.command == "run":
        commands.run(arguments.source, arguments.out, arguments.cache)
    elif arguments.command == "warm":
        commands.warm(arguments.sources, arguments.cache, everything=arguments.all)
    else:
        commands.export(arguments.source, arguments.out, arguments.cache)


def _refuse(code: int, text: str) -> int:
    print("dissociation: " + " ".join(text.split()), file=sys.stderr)
    return code
