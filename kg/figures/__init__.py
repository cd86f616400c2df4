"""Pictures of what was measured, as Altair charts that know nothing of the app: the page and the SVG draw the same.

``labels`` words and numbers, ``look`` colours and scales; ``strip`` and ``course`` a prediction against its run,
``mapgrid`` a map, ``residuals`` all predictions at once, ``svg`` a chart as text.
"""
