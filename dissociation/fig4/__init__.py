"""The import paths of the original notebook: thin wrappers around the lab's own modules.

The notebook imports one of them as `logistic`, without a package. For that line, this folder has to
be on the path, as it is for a notebook that lies in it; elsewhere, the first cell needs
`sys.path.append(list(dissociation.fig4.__path__)[0])`, or the line reads
`from dissociation.fig4.logistic import crossval_softmax_predict`.

L. Braun, E. Grant & A. M. Saxe, *Not all solutions are created equal*, ICML 2025, Figure 4.
"""
