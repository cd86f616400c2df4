"""Several nodes in an order: a sequence of views, and a reading list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from kg.export import formats, selection
from kg.plain import plain
from kg.reading import Item, LeftOut
from kg.reading import ReadingList as Found

if TYPE_CHECKING:
    from kg.library import Library
    from kg.library.views import Paper, View

V_co = TypeVar("V_co", bound="View", covariant=True)


class ReadingList(Sequence[Item]):
    """A reading list in its order (``kg.reading``). ``left_out`` are goals that it does not reach, and why."""

    def __init__(self, library: Library, found: Found) -> None:
        self._library = library
        self.found = found

    @property
    def title(self) -> str:
        return self.found.title

    @property
    def minutes(self) -> int:
        """An estimate."""
        return self.found.minutes

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        return self.found.left_out

    @overload
    def __getitem__(self, at: int) -> Item: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Item]: ...
    def __getitem__(self, at: int | slice) -> Item | Sequence[Item]:
        return self.found.items[at]

    def __len__(self) -> int:
        return len(self.found.items)

    def papers(self) -> Views[Paper]:
        """What is to be read, each paper once."""
        return self._library.papers_of(item.paper for item in self)

    def export(self, format_: str = "markdown") -> str:
        """The list in a format of ``kg.export.formats.FORMATS``, with order, minutes and reasons where it has them."""
        return formats.dump(self._library.evidence, selection.reading(self.found), format_)

    def __repr__(self) -> str:
        lines = [f"{at}. {plain(item.title)}, {item.where} ({item.minutes} min)" for at, item in enumerate(self, 1)]
        return "\n".join([f"<reading list: {plain(self.title)}, about {self.minutes} minutes>", *lines])

    def _repr_markdown_(self) -> str:
        return self.export("markdown")


class Views(Sequence[V_co], Generic[V_co]):
    """Views in an order, as a sequence; slicing gives such a sequence again."""

    def __init__(self, found: Iterable[V_co]) -> None:
        self._found: list[V_co] = list(found)

    @overload
    def __getitem__(self, at: int) -> V_co: ...
    @overload
    def __getitem__(self, at: slice) -> Views[V_co]: ...
    def __getitem__(self, at: int | slice) -> V_co | Views[V_co]:
        return Views(self._found[at]) if isinstance(at, slice) else self._found[at]

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[V_co]:
        return iter(self._found)

    def where(self, keep: Callable[[V_co], bool]) -> Views[V_co]:
        """Those that ``keep`` says True of."""
        return Views(one for one in self._found if keep(one))

    def export(self, format_: str = "bibtex", title: str = "Selection") -> str:
        """Them all, or the works behind them, in a format of ``kg.export.formats.FORMATS``."""
        if not self._found:
            return ""
        chosen = selection.of(title, (one.address for one in self._found))
        return formats.dump(self._found[0]._library.evidence, chosen, format_)

    def __repr__(self) -> str:
        shown = "\n ".join(map(repr, self._found[:20]))
        more = f"\n … {len(self) - 20} more" if len(self) > 20 else ""
        return f"[{shown}{more}]"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(one.kind)}</td><td>{escape(plain(one.title))}</td><td>{escape(one.standing)}</td>"
            f"<td><code>{escape(one.address)}</code></td></tr>"
            for one in self._found[:100]
        )
        more = f"<p>… {len(self) - 100} more</p>" if len(self) > 100 else ""
        return f"<table><tr><th>kind</th><th>title</th><th>standing</th><th>address</th></tr>{rows}</table>{more}"
