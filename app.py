"""The explorer: ``kg app`` on your own machine, ``streamlit run app.py`` (read-only) on a host."""

import streamlit as st

from kg.ui import memory
from kg.ui.components.heading import page_head

st.set_page_config(page_title="Learning mechanics", page_icon="🧭", layout="wide", initial_sidebar_state="auto")

PAGES = [
    st.Page("kg/ui/pages/home.py", title="Home", default=True),
    st.Page("kg/ui/pages/explore.py", title="Explore", url_path="explore"),
    st.Page("kg/ui/pages/reading.py", title="What to read", url_path="reading"),
    st.Page("kg/ui/pages/trace.py", title="Trace", url_path="trace"),
    st.Page("kg/ui/pages/evidence.py", title="Evidence", url_path="evidence"),
    st.Page("kg/ui/pages/watch.py", title="What would falsify it", url_path="watch"),
    st.Page("kg/ui/pages/questions.py", title="Open questions", url_path="questions"),
    st.Page("kg/ui/pages/propose.py", title="Propose", url_path="propose"),
    st.Page("kg/ui/pages/start.py", title="Start here", url_path="start", visibility="hidden"),
    st.Page("kg/ui/pages/find.py", title="Find", url_path="find", visibility="hidden"),
]
page = st.navigation(PAGES, position="top")
page_head()
page.run()
memory.keep()
