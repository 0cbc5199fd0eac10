"""Pictures that a network holds and its function does not show."""
