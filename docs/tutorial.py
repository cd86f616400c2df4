"""The record from Python, in thirty lines: ``uv run python docs/tutorial.py``."""

import kg

g = kg.load()  # the graph; pass a folder to load another record

# A claim, how it stands, and what speaks for and against it
claim = g.claim("edge-of-stability")
print(claim.title, "-", claim.standing)
evidence = claim.evidence()
print(len(evidence.support), "for,", len(evidence.against), "against:", *(one.view.title for one in evidence.against))

# What it says one will measure, and what our own runs gave, with 98 % intervals
for prediction in claim.predictions().where(lambda one: one.verdict is not None):
    for row in prediction.measured():
        print(prediction.id, row["condition"], round(row["mean"], 3), row["interval"], prediction.verdict)

# What it rests on, and what would lose its ground with it
print([step.address for step in claim.trace(depth=1)], len(claim.falls()))

# Open questions of a strand, and the predictions that would settle the first one
questions = g.questions(state="open", strand="hyperparameters")
print(len(questions), "open:", questions[0].title, questions[0].settled_by())

# What to read, in order, with minutes; and the works for a manuscript
reading = g.reading_list(claim.address, level="graduate", hours=6)
print(reading)
print(claim.cite("apa"))
bibtex = reading.export("bibtex")
