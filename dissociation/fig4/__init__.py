"""The import paths of the original notebook: thin wrappers around the lab's own modules.

L. Braun, E. Grant & A. M. Saxe, *Not all solutions are created equal*, ICML 2025, Figure 4.
"""
