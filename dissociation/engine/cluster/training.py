"""Training on the cluster: a unit is one network, which says how it is as it goes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator

from dissociation.core.networks.network import Network
from dissociation.engine import records
from dissociation.engine.cluster import units
from dissociation.engine.cluster.link import Link
from dissociation.engine.cluster.remote_batch import Arrival, News, Unit, collect
from dissociation.engine.records import History
from dissociation.engine.task import Steps
from dissociation.engine.tasks import TrainTask, training

Trained = tuple[Network, History]
#: Whoever waits for a network has nothing to look at yet.
PRIORITY = 1


def trained(task: TrainTask, link: Link, wake: Callable[[], None]) -> Iterator[Steps]:
    """What [`TrainTask.run`][] does, on the cluster, and with the same weights.

    If its worker dies, another begins anew, and the history with it.
    """
    history = History()
    for found in collect(link, [_unit(task)], wake):
        if isinstance(found, Arrival):
            network, history = found.result
            task.library.save_network(task.recipe, task.seed, network, history)
            yield task.step(history, elsewhere=history.seconds * found.elsewhere)
        elif isinstance(found, News):
            epoch, loss, error, images, seconds = found.said
            if history.epochs and epoch <= history.epochs[-1]:
                history = History()
            history = history.then(epoch, loss, error, int(images), seconds)
            yield task.step(history, elsewhere=seconds)
        else:
            yield found


def _unit(task: TrainTask) -> Unit:
    (name,) = task.digests

    def here() -> Generator[None, None, Trained]:
        for history, network in training(task.recipe, task.seed):
            if network is not None:
                return network, history
            yield None
        raise AssertionError("a training ends with a network")

    topic = f"dissociation-training-{name}"
    arguments = (task.recipe.settings(), task.seed, name, topic)
    key = f"dissociation_train-{name}"
    return Unit(key, units.train_network, arguments, _read, here, priority=PRIORITY, topic=topic)


def _read(results: list[bytes]) -> Trained:
    network, history = results
    read = records.unpack_history(history)
    return records.unpack_network(network, read.weights), read
