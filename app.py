"""The front door of the lab, and its launcher: `streamlit run app.py`.

Streamlit finds `app` below and serves it with the lab's own routes; the same file is then run as
the script of the first page for each visitor.
"""

import streamlit as st

from dissociation.features.show import show
from dissociation.web.server.headers import middleware
from dissociation.web.server.launch import leave_unless_settings_are_sound, lifespan
from dissociation.web.server.routes import ROUTES
from dissociation.web.shell.frame import in_session

if not in_session():
    leave_unless_settings_are_sound()

app = st.App(__file__, routes=ROUTES, middleware=middleware(), lifespan=lifespan)

if in_session():
    show("start")
