"""The front end: everything that imports Streamlit, apart from `app.py` and `pages/`."""
