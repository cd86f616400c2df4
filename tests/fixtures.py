"""Answers of two hosts, written by hand from their documented formats; none was received from a host."""

ARXIV = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <link href="https://arxiv.org/api/query?id_list=2601.00001" rel="self" type="application/atom+xml"/>
  <title type="html">ArXiv Query: id_list=2601.00001</title>
  <id>https://arxiv.org/api/made-up</id>
  <entry>
    <id>http://arxiv.org/abs/2601.00001v2</id>
    <updated>2026-02-01T00:00:00Z</updated>
    <published>2026-01-01T00:00:00Z</published>
    <title>A Made-Up Title for a
      Test of the Reader</title>
    <summary>Nothing.</summary>
    <author><name>Ada Test</name></author>
    <author><name>B. van Test</name></author>
    <arxiv:doi xmlns:arxiv="http://arxiv.org/schemas/atom">10.1000/MADE.up</arxiv:doi>
    <arxiv:primary_category xmlns:arxiv="http://arxiv.org/schemas/atom" term="cs.LG"/>
  </entry>
</feed>
"""
ARXIV_UNKNOWN = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>ArXiv Query</title></feed>
"""
DOI = (
    " @article{Test_2026, title={A Made-Up Title for a Test of the Reader}, volume={3}, ISSN={0000-0000}, "
    "url={http://dx.doi.org/10.1000/made.up}, DOI={10.1000/made.up}, number={2}, journal={Journal of Tests}, "
    "publisher={A Publisher}, author={Test, Ada and van Test, B.}, year={2026}, month=jan, pages={1–9} }\n"
)
