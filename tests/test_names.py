"""Author fields, split by BibTeX's rules; the expected parts are those of 'Tame the BeaST' (N. Markey, 2009), 11.2."""

from __future__ import annotations

import pytest

from kg.names import Author, authors, joining


@pytest.mark.parametrize(
    ("name", "family", "given", "suffix", "text"),
    [
        ("Andrew M. Saxe", "Saxe", "Andrew M.", "", "Andrew M. Saxe"),
        ("Saxe, Andrew M.", "Saxe", "Andrew M.", "", "Andrew M. Saxe"),
        ("Ludwig van Beethoven", "van Beethoven", "Ludwig", "", "Ludwig van Beethoven"),
        ("van der Berg, Rianne", "van der Berg", "Rianne", "", "Rianne van der Berg"),
        ("Ford, Jr., Henry", "Ford", "Henry", "Jr.", "Henry Ford, Jr."),
        ("Brinch Hansen, Per", "Brinch Hansen", "Per", "", "Per Brinch Hansen"),
        ("{OpenAI}", "OpenAI", "", "", "OpenAI"),
        ("{Simon and Schuster}", "Simon and Schuster", "", "", "Simon and Schuster"),
        ("Aristotle", "Aristotle", "", "", "Aristotle"),
        ('G{\\"u}nter Wei{\\ss}', "Weiß", "Günter", "", "Günter Weiß"),
        ("{\\'E}. {\\v S}ima", "Šima", "É.", "", "É. Šima"),
        ("王 小明", "小明", "王", "", "王 小明"),
    ],
)
def test_one_name(name: str, family: str, given: str, suffix: str, text: str) -> None:
    """Particles, suffixes, bodies in braces and accents end where they belong."""
    assert authors(name).authors == (Author(family, given, suffix, text),)


def test_many_names() -> None:
    """Names are split at 'and' outside braces, in order."""
    people = authors("Ann A and  Bob B\tand {C and D} and Sandy Anderson")

    assert [person.text for person in people.authors] == ["Ann A", "Bob B", "C and D", "Sandy Anderson"]
    assert not people.incomplete
    assert people.unsplit == ()


def test_and_others() -> None:
    """A list that ends in 'and others' says that it is incomplete."""
    people = authors("Ann A and others")

    assert [person.text for person in people.authors] == ["Ann A"]
    assert people.incomplete


@pytest.mark.parametrize(
    "name",
    [
        "A, B, C, D",
        "Ann A,",
        "Ann {A",
        "Ann A}",
        "Ada Lovelace, Charles Babbage, Luigi Menabrea",
        "Ann A and",
        "Ann A et al.",
        "A, B. et al",
    ],
)
def test_names_that_do_not_split_are_kept(name: str) -> None:
    """A name that breaks BibTeX's rules is kept as written and told."""
    people = authors(name)

    assert people.unsplit == (name,)
    assert [person.text for person in people.authors] == [name.replace("{", "").replace("}", "")]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Sanger, T. D., Oja, E., Linsker, R.", "write Sanger, T. D. and Oja, E. and Linsker, R."),
        ("Sanger, T. D., Oja, E., et al.", "write Sanger, T. D. and Oja, E. and others"),
        ("Sanger, T. D. et al.", "write Sanger, T. D. and others"),
        ("Oja, Erkki, Linsker, Ralph, Sanger", "join names by ' and '"),
        ("Ada Lovelace et al.", "in the place of 'et al.' write 'and others'"),
    ],
)
def test_how_to_write_names(name: str, said: str) -> None:
    """Names with initials are given back as BibTeX has them, and what is said splits; of others the rule is told."""
    assert said in joining(name)
    if joining(name).startswith("write "):
        assert authors(joining(name).removeprefix("write ")).unsplit == ()


def test_no_names() -> None:
    """An empty field names nobody."""
    assert authors(" ").authors == ()
