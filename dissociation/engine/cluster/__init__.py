"""More machines: the work of tasks in units, on the workers of a Dask scheduler."""
