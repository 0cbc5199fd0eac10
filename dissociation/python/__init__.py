"""The lab in Python: in a script, a notebook or a shell, with the store that the pages have."""
