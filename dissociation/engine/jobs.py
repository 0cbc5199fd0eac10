"""Jobs: work that streams, shared by everyone who asks for it, dropped when nobody does.

A job advances a generator, one chunk at a time, on the one compute thread (JAX uses all cores
already). Between chunks the scheduler turns to jobs that have nothing to show yet, then to any that
was passed over, then to whichever has had the least time so far: a new request gets its first
points at once, and an old one comes to its end, whatever else is asked for. A cancelled job stops
within one chunk, and goes on there if it is asked for again soon. One whose work is done elsewhere
has its turns when there is news of it. What may be asked for next is done while nothing else is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from dissociation.engine.admission import FEW, admitted
from dissociation.engine.bookkeeping import note_chunk, note_end, note_start
from dissociation.engine.chunk import APOLOGY, next_chunk, too_long
from dissociation.engine.compute_thread import ComputeThread, given_up
from dissociation.engine.crowded import Crowded
from dissociation.engine.executor import LOCAL, Executor
from dissociation.engine.job import (
    CANCELLED,
    DONE,
    FAILED,
    QUEUED,
    RUNNING,
    WAITING,
    Job,
    JobSnapshot,
)
from dissociation.engine.paused import Paused, close
from dissociation.engine.settings import MAX_QUEUE
from dissociation.engine.task import Step, Task
from dissociation.engine.turns import Line, Turns, smaller
from dissociation.engine.watchdog import Turn, Watchdog

Clock = Callable[[], float]
#: Seconds a job outlives its watchers: long enough for a page to be drawn and to reconnect.
LEASE = 15.0
#: Seconds after which the compute thread looks at its jobs though nothing happened: leases lapse.
LOOK = 1.0
#: Seconds for which a long turn is put off while a small job's program is compiled, and from how
#: many on a turn is long. A small job compiles a dozen programs: to wait for the end of another's
#: turn after each would take longer than all it has to do.
PUT_OFF, LONG_TURN = 1.0, 0.1


class Jobs:
    """The scheduler: at most one job a digest, one compute thread, fair turns.

    **Arguments:**

    - `clock`: seconds, for leases; replaced in tests.
    - `start`: whether to run a compute thread; tests may call [`advance`][Jobs.advance] instead.
    - `executor`: where tasks are done; by default on that thread.
    """

    def __init__(
        self, *, clock: Clock = time.monotonic, start: bool = True, executor: Executor = LOCAL
    ):
        self._clock, self._executor = clock, executor
        self._changed = threading.Condition(threading.RLock())
        self._jobs: list[Job] = []
        self._by_digest: dict[str, Job] = {}
        self._turns, self._line = Turns(), Line()
        self._paused = Paused(executor)
        self._watchdog = Watchdog(self._give_up)
        self._thread: ComputeThread | None = None
        if start:
            self._begin()
            self._watchdog.start()

    def _begin(self) -> None:
        self._thread = ComputeThread(self._turn_or_wait)
        self._thread.start()

    def find(self, digest: str) -> Job | None:
        """The live job that computes a digest."""
        with self._changed:
            return self._by_digest.get(digest)

    def submit(self, task: Task, position: int = 0) -> Job:
        """A job for the task: the live one for the same digests, or a new one.

        The job is leased for a moment already, so that it is not dropped before the caller
        subscribes. **Raises:** `InvalidValue` if the queue is full.

        **Arguments:**

        - `position`: how many others the caller wants before: nobody waits for another's ten jobs.
        """
        with self._changed:
            if len(self._asked()) + len(self._new_digests(task)) > MAX_QUEUE.value:
                raise Crowded
            job = self._submit(task, position)
            job.unclaimed.append(self._clock() + LEASE)
            self._changed.notify_all()
            return job

    def offer(self, task: Task) -> Job | None:
        """A job that has its turns while nobody asks for anything, until somebody submits it.

        **Returns:** `None` if it is asked for already, much is offered, or others must come first.
        """
        with self._changed:
            job = self._live(task)
            if job is not None and not job.ahead:
                return None
            if job is None:
                if len(self._jobs) - len(self._asked()) >= FEW or task.needs:
                    return None
                job = self._submit(task)
                job.ahead = True
            job.unclaimed.append(self._clock() + LEASE)
            self._changed.notify_all()
            return job

    def _asked(self) -> list[Job]:
        return [job for job in self._jobs if not job.ahead]

    def _live(self, task: Task) -> Job | None:
        found = (self._by_digest.get(digest) for digest in task.digests)
        return next((job for job in found if job is not None), None)

    def _new_digests(self, task: Task) -> set[tuple[str, ...]]:
        if self._live(task) is not None:
            return set()
        return {task.digests}.union(*map(self._new_digests, task.needs))

    def _submit(self, task: Task, position: int = 0) -> Job:
        if (live := self._live(task)) is not None:
            for job in (live, *live.needs, *live.after):
                job.position = min(job.position, position)
            if live.ahead:
                # Those who offered it do not look at it.
                live.ahead, live.leases, live.unclaimed = False, {}, []
                self._line.forget()
            return live
        now = self._clock()
        job = self._paused.take(task, now) or self._new(task, position, now)
        job.position = position
        first = (*job.needs, *job.after)
        job.state = WAITING if any(not other.finished for other in first) else QUEUED
        for need in job.needs:
            need.dependants.append(job)
        self._jobs.append(job)
        self._line.forget()
        for digest in task.digests:
            self._by_digest[digest] = job
        return job

    def _new(self, task: Task, position: int, now: float) -> Job:
        needs = tuple(self._submit(need, position) for need in task.needs)
        found = (self._by_digest.get(digest) for digest in self._executor.after(task))
        after = tuple(job for job in found if job is not None)
        step, seconds = self._paused.begun(task)
        place = self._paused.place(task, now)
        return Job(task, *place, needs=needs, after=after, turned=now, step=step, seconds=seconds)

    def renew(self, job: Job, holder: str) -> None:
        """Says that `holder` still watches the job: its name, after its visitor's and a slash."""
        with self._changed:
            if holder not in job.leases and job.unclaimed:
                job.unclaimed.pop()
            job.leases[holder] = self._clock() + LEASE

    def release(self, job: Job, holder: str) -> None:
        """Says that `holder` no longer watches; the job is dropped when nobody does."""
        with self._changed:
            job.leases.pop(holder, None)
            self._changed.notify_all()

    def snapshot(self, job: Job) -> JobSnapshot:
        """What the job has published so far, with its place in line (0: its turn, or in none)."""
        with self._changed:
            position = 0
            if job.state in (QUEUED, WAITING):
                position = self._line.position(job, self._ready, self._asked, self._clock())
            seconds = job.seconds + (0.0 if job.step is None else job.step.elsewhere)
            return JobSnapshot(job.version, job.state, job.step, job.error, seconds, position)

    def _ready(self) -> list[Job]:
        jobs = self._asked() or self._jobs[:1]
        return admitted(jobs, self._clock(), self._paused.memory)

    def _wanted(self, job: Job) -> bool:
        now = self._clock()
        if any(expiry > now for expiry in (*job.leases.values(), *job.unclaimed)):
            return True
        return any(not other.finished and self._wanted(other) for other in job.dependants)

    def _finish(self, job: Job, state: str, error: str = "") -> None:
        job.state, job.error = state, error
        job.version += 1
        job.steps = None
        note_end(job.task, state, job.seconds)
        self._jobs.remove(job)
        self._line.forget()
        for digest in job.task.digests:
            self._by_digest.pop(digest, None)

    def _next(self) -> Job | None:
        now, asked = self._clock(), bool(self._asked())
        for job in list(self._jobs):
            # What was begun ahead gives back its memory, too, once there is something else to do.
            if not self._wanted(job) or (asked and job.ahead and job.state == RUNNING):
                steps = job.steps
                self._finish(job, CANCELLED)
                self._paused.put(job, steps, now)
        self._paused.forget(now)
        for job in list(self._jobs):
            if job.state == WAITING:
                broken = [need for need in job.needs if need.state in (FAILED, CANCELLED)]
                if broken:
                    self._finish(job, FAILED, broken[0].error or APOLOGY)
                elif all(need.state == DONE for need in job.needs) and all(
                    other.finished for other in job.after
                ):
                    job.state = QUEUED
                    job.version += 1
        return self._turns.next(self._ready(), self._clock())

    def advance(self) -> bool:
        """Does one chunk of the next job. **Returns:** whether there was one."""
        with self._changed:
            job = self._next()
        if job is not None:
            self._have_turn(job)
        return job is not None

    def _have_turn(self, job: Job) -> None:
        with self._changed:
            if job.state == QUEUED:
                job.state = RUNNING
                job.version += 1
                note_start(job.task)
            if self._watchdog.stuck_with(job):
                self._finish(job, FAILED, too_long())
                return
            self._watchdog.turn = Turn(job, threading.current_thread())
        begin = time.perf_counter()
        in_turns = self._thread is not None
        state, error, step = next_chunk(job, self._executor, self.wake, in_turns=in_turns)
        with self._changed:
            if given_up():
                return
            self._watchdog.turn = None
            spent = note_chunk(job.task, time.perf_counter() - begin)
            self._turns.took(spent)
            job.seconds, job.turned, job.last = job.seconds + spent, self._clock(), spent
            job.news = step if isinstance(step, threading.Event) else None
            if isinstance(step, Step):
                job.step = step
                job.version += 1
            if state != RUNNING and not job.finished:
                self._finish(job, state, error)
            self._changed.notify_all()

    def _turn_or_wait(self) -> None:
        with self._changed:
            job = self._next()
            if job is not None and self._put_off(job):
                # Woken when it is compiled.
                self._changed.wait(timeout=PUT_OFF)
                return
            if job is None and not (self._thread and self._thread.stopping):
                # Woken by whatever happens, which cannot be between the look and this.
                self._changed.wait(timeout=LOOK)
        if job is not None:
            self._have_turn(job)

    def _put_off(self, job: Job) -> bool:
        """Whether the next turn would be a long one, and a small job is back in a moment."""
        if job.last <= LONG_TURN:
            return False
        since, asked = self._clock() - PUT_OFF, self._asked()
        back = [
            other
            for other in asked
            if other.news is not None and not other.news.is_set() and other.turned > since
        ]
        return bool(smaller(back, job, asked))

    def _give_up(self, stuck: Turn) -> None:
        with self._changed:
            if self._watchdog.turn is stuck:
                self._watchdog.leave_behind(stuck)
                self._finish(stuck.job, FAILED, too_long())
                self._begin()

    @property
    def stuck(self) -> int:
        """How many steps were given up and have not returned."""
        return len(self._watchdog.stuck)

    def drain(self) -> None:
        """Advances until nothing is left to do here; for programs without a compute thread."""
        while self.advance():
            pass

    def wake(self) -> None:
        """Has the compute thread look for work again."""
        with self._changed:
            self._changed.notify_all()

    def stop(self) -> None:
        """Ends the compute thread after its current chunk."""
        if self._thread is not None:
            self._watchdog.end()
            self._thread.stopping = True
            self.wake()
            self._thread.join(timeout=10)
            for job in self._jobs:
                close(job.steps)

    @property
    def alive(self) -> bool:
        """Whether chunks are computed, by a thread or by whoever asks."""
        return self._thread is None or self._thread.alive

    def counts(self) -> dict[str, int]:
        """Live jobs by state, of those that somebody has asked for."""
        with self._changed:
            states = [job.state for job in self._asked()]
        return {state: states.count(state) for state in (QUEUED, WAITING, RUNNING)}
