"""A study that is trained for, streamed and stored, as whoever watches it sees that."""

from __future__ import annotations

from labs import RecordingLab

from dissociation.engine.study_watch import StudyWatch


def messages_to_the_end(lab: RecordingLab, watch: StudyWatch) -> list[str]:
    """Has all jobs done. **Returns:** what was said after each chunk."""
    states, progress, messages = [], [], []
    while lab.jobs.advance():
        status = watch.status()
        states.append(status.state)
        progress.append(status.progress)
        messages.append(status.message)
    assert list(dict.fromkeys(states)) == ["training", "running", "done"]
    assert progress == sorted(progress) and progress[-1] == 1
    return messages
