"""What each allowed value of a field means, in a few words: shown by the app, and by ``kg new`` where one is asked."""

from __future__ import annotations

KINDS = {
    "theorem": "proved, under assumptions that are named",
    "derivation": "derived, but not to the standard of a proof",
    "law": "a regularity that one formula gives, found by measurement",
    "observation": "seen in experiments, without a formula",
    "conjecture": "held to be so by somebody, and not settled",
    "framing": "a way to see things; it has no standing",
}
ROLES = {
    "own-result": "the source itself shows it",
    "background": "the source restates it from elsewhere",
    "conjecture": "the source supposes it",
}
DEPTHS = {
    "secondary": "known from another source only",
    "abstract": "its abstract was read",
    "section": "the section was read",
    "full-text": "its full text was read",
}
TYPES = {
    "equality": "a number, to be met within a tolerance",
    "bound": "a number, not to be passed",
    "exponent": "the slope of a power law",
    "threshold": "where something sets in",
    "ordering": "what rises or falls along a setting",
    "switch": "what holds in one setting and fails in another",
    "qualitative": "no number: no script can test it",
}
LEVELS = {
    "derived": "computed from the theory itself",
    "simulated-model": "measured on the idealised model",
    "trained-network": "measured on trained networks",
    "field": "about the field of research",
}
