"""The app: the only folder that imports streamlit.

``state`` (the URL and the loaded record), ``words`` (what is shown, made inert), ``components`` (graph, links, figures,
cards, reruns; ``parts`` holds their scripts), ``pages`` (home, explore, trace, questions), ``launcher`` (``kg app``).
"""

ROOT, LOCAL = "KG_ROOT", "KG_LOCAL"
"""Environment variables that ``kg app`` sets: the tree to show, and that this machine's user may run its scripts."""
