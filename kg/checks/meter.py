"""The meter's sample is the draw that it says, of works that are here, each with its claims."""

from __future__ import annotations

from collections.abc import Iterator

from kg import meter
from kg.corpus import Corpus
from kg.findings import Finding, rule

SAMPLE = rule(
    "meter-sample",
    "The sample of the meter is what its seed draws from its list; each drawn work is in bib/ and states a claim.",
    "data/meter.yaml: sample: [a key that the seed does not draw]",
)


def check(corpus: Corpus) -> Iterator[Finding]:
    if corpus.meter is None:
        return
    drawn = meter.expected(corpus.meter)
    if corpus.meter.sample != drawn:
        missing = [key for key in drawn if key not in corpus.meter.sample]
        other = [key for key in corpus.meter.sample if key not in drawn]
        told = " and ".join(
            [f"lacks {', '.join(missing)}"] * bool(missing) + [f"has {', '.join(other)}, not drawn"] * bool(other)
        )
        message = f"expected what seed, list and number a year draw: {', '.join(drawn)}"
        yield SAMPLE.at(corpus.place("meter:", "sample"), f"{told or 'is not in the order drawn'}; {message}")
    left_out = {excluded.paper for excluded in corpus.meter.excluded}
    stating = {source.paper for claim in corpus.claims.values() for source in claim.sources}
    for index, key in enumerate(corpus.meter.sample):
        if key not in corpus.papers:
            yield SAMPLE.at(corpus.place("meter:", "sample", index), f"{key!r} is not in bib/; enter it")
        elif key not in stating and key not in left_out:
            yield SAMPLE.at(corpus.place("meter:", "sample", index), f"no claim has {key!r} as a source; enter one")
