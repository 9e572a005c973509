"""The versions of a message's layout that build on each other.

A session has thousands of versions and looks at each for a moment, in order. So only the records
are kept, and of the pages the one that was asked for last: the next is soon made of it.
"""

from dataclasses import dataclass

from tracker_app.aoi.page import Page
from tracker_app.records import Layout


class Growth:
    """A complete layout and those that continue it, one after the other."""

    def __init__(self, message_id: str) -> None:
        self.message_id = message_id
        self._layouts: list[Layout] = []
        self._made: tuple[int, Page] | None = None

    def add(self, layout: Layout) -> "PageVersion":
        """Take in the next version.

        Raises:
            DamagedRecordError: if it does not continue the last one, or cannot be right.
        """
        base = self.page(len(self._layouts) - 1) if self._layouts else None
        page = Page.of(layout, base)
        self._layouts.append(layout)
        version = PageVersion(self, len(self._layouts) - 1, layout.version)
        self._made = version.index, page
        return version

    def page(self, index: int) -> Page:
        """The page of the index-th version."""
        made, page = -1, None
        if self._made is not None and self._made[0] <= index:
            made, page = self._made
        for layout in self._layouts[made + 1 : index + 1]:
            page = Page.trusted(layout, page)
        assert page is not None  # there is a layout for every index
        self._made = index, page
        return page


@dataclass(frozen=True, slots=True)
class PageVersion:
    """One version, whose page is made when it is needed."""

    growth: Growth
    index: int
    number: int  # the version of the layout

    @property
    def page(self) -> Page:
        """The page; cheap for versions asked for in order, and for the last one asked for."""
        return self.growth.page(self.index)
