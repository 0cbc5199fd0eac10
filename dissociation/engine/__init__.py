"""Store, jobs and requests: everything between an experiment and its stream of curves."""
