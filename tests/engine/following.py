"""What is trained for, streamed and stored, as whoever watches it sees that."""

from __future__ import annotations

from collections.abc import Iterator

from labs import RecordingLab

from dissociation.engine.watch import Watch
from dissociation.engine.words import Status


def followed(lab: RecordingLab, watch: Watch) -> Iterator[Status]:
    """Has all jobs done. **Yields:** the status after each chunk."""
    states, progress = [], []
    while lab.jobs.advance():
        status = watch.status()
        states.append(status.state)
        progress.append(status.progress)
        yield status
    assert list(dict.fromkeys(states)) == ["training", "running", "done"]
    assert progress == sorted(progress) and progress[-1] == 1
