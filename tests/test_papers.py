"""What TeX would break on in the fields of a paper is told with what to write."""

from __future__ import annotations

import pytest

from kg import bibfile, papers


def told(fields: str) -> list[str]:
    text = f"@article{{a2020b,\n  author = {{Ada Lovelace}},\n  year = {{2020}},\n  {fields}\n}}\n"
    file = bibfile.parse(text, "bib/x.bib")
    assert file.findings == ()
    return [str(finding) for entry in file.entries for finding in papers.from_entry(entry)[1]]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("title = {Salt & pepper}", r"title: found &, which TeX breaks on; write \&"),
        ("title = {100% of it}", r"title: found %, which TeX breaks on; write \%"),
        (
            "title = {Is C# slow? The case of a_b & c_d}",
            r"title: found #, _ and &, which TeX breaks on; write \#, \_ and \&",
        ),
        (r"title = {Half $x_1$ and half x_2}", r"title: found _, which TeX breaks on; write \_"),
        (r"title = {A}, journal = {Energy & Fuels}", r"journal: found &, which TeX breaks on; write \&"),
        (r"title = {A \\& B}", r"title: found &, which TeX breaks on; write \&"),
        (r"title = {A costs \$5 & B costs \$6}", r"title: found &, which TeX breaks on; write \&"),
    ],
)
def test_a_raw_mark_is_told_with_its_mend(fields: str, message: str) -> None:
    """Each of the four marks outside mathematics, in a title or a venue, is told once a field."""
    assert told(fields) == [f"bib/x.bib:4: raw-tex-mark: {message}"]


@pytest.mark.parametrize(
    "fields",
    [
        r"title = {Salt \& pepper, 100\% of C\# and a\_b}",
        r"title = {The size $n_1 \% 2$ and \(x_1\)}",
        r"title = {See \url{https://example.org/a_b#c?d&e}}",
        "title = {A}, url = {https://example.org/a_b#c}, note = {R&D}",
    ],
)
def test_marks_that_tex_takes_are_not_told(fields: str) -> None:
    """What has its backslash, stands in mathematics or in an address, or in a field that is no text of a title."""
    assert told(fields) == []


KNOWN = papers.given_names(
    papers.from_entry(entry)[0]
    for entry in bibfile.parse(
        "@misc{a, author = {Lovelace, Ada and Curie, Marie and Ben Ari, Gil and Martin, Ben and Roe, Jane}}\n",
        "bib/x.bib",
    ).entries
)


@pytest.mark.parametrize(
    ("author", "wrong"),
    [
        ("Ada Byron, Jane Doe", True),
        ("Doe, Sam and Ada Byron, Marie Skłodowska", True),
        ("Ada Byron and Jane Doe", False),
        ("Van den Broeck, Christian", False),
        ("de las Casas, Diego", False),
        ("Ben Ari, Marie Jane", False),
        ("García Lorca, Federico José", False),
        ("Marie Curie, J. D.", False),
        ("Jane Doe-Roe, Ada Marie", False),
    ],
)
def test_authors_that_a_comma_joins_are_told(author: str, wrong: bool) -> None:
    """Two full names that both begin with a given name of other authors are two people; double names are left alone."""
    (entry,) = bibfile.parse(f"@misc{{x, author = {{{author}}}}}\n", "bib/x.bib").entries
    said = papers.run_together(papers.from_entry(entry)[0], KNOWN)

    assert (said is not None) == wrong
    assert not wrong or "write Ada Byron and " in str(said)
