"""Everything has an address: one typed table a page reads it, writes it and makes its experiments.

Knows nothing of Streamlit, so that the command line and the routes read the same addresses.
"""
