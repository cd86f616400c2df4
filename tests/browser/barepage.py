"""A bare Streamlit page with the widgets that the app uses and none of our own: what a finding there is not ours."""

from __future__ import annotations

import streamlit as st

st.set_page_config(page_title="Bare", layout="wide")
st.header("Bare", anchor=False)
st.caption("A caption.")
st.markdown("Words, `code` and a formula $x^2$.")
with st.sidebar:
    st.text_input("Search", type="search")
    st.toggle("A toggle", help="Help.")
left, right = st.columns(2)
with left, st.container(border=True):
    st.badge("badge", help="Help.")
    st.pills("Pills", ["a", "b"], default="a", selection_mode="multi", label_visibility="collapsed", help="Help.")
    st.segmented_control("Control", ["a", "b"], default="a", help="Help.")
    st.select_slider("Slider", [0.1, 0.2])
    st.button("Button", type="primary")
    st.progress(0.4, text="Progress")
with right:
    one, two = st.tabs(["One", "Two"])
    with one:
        st.code("code", language=None)
    with two:
        st.write("Two")
    with st.expander("Expander"):
        st.line_chart([1, 2, 3])
    with st.popover("Popover"):
        st.write("In it")
st.metric("Metric", "1", help="Help.")
st.info("Info")
st.warning("Warning")
st.divider()
st.subheader("The end", anchor=False)
