"""The command line: the curves of the pages without a browser, from and into the same store."""
