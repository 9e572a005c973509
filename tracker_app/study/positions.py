"""Where in a study file each key stands, so that a mistake can be pointed at.

`tomllib` tells values but not lines. The tree of tree-sitter is read only once something is to be
said about a file: not every environment that can read a valid one has it.
"""

import tomllib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

Path = tuple[str | int, ...]  # keys, and from 0 the number of an entry in a list


class Positions:
    """The lines of a TOML document's keys, tables and list entries."""

    def __init__(self, text: str) -> None:
        """Read a document; a part that is no TOML is passed over."""
        import tree_sitter_toml
        from tree_sitter import Language, Parser

        self._lines: dict[Path, int] = {(): 1}
        self._entries: dict[Path, int] = {}  # how many [[tables]] of a name were met
        tree = Parser(Language(tree_sitter_toml.language())).parse(text.encode())
        for node in tree.root_node.named_children:
            if node.type == "pair":
                self._read_pair(node, ())
            elif node.type in ("table", "table_array_element"):
                self._read_table(node)

    def line(self, path: Path) -> int:
        """The line of a key, counted from 1; where it is missing, of the table it belongs to."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def _read_table(self, node: "Node") -> None:
        header, *pairs = node.named_children
        *parents, name = _keys(header) or [""]
        path = (*self._current(parents, header), name)
        if node.type == "table_array_element":
            self._note(path, header)
            number = self._entries.get(path, 0)
            self._entries[path] = number + 1
            path = (*path, number)
        self._lines[path] = _line(header)  # its own header tells more than that of a table below
        for pair in pairs:
            if pair.type == "pair":
                self._read_pair(pair, path)

    def _current(self, keys: list[str], node: "Node") -> Path:
        """The table that a header's leading keys name: of several the last."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            self._note(path, node)
            if path in self._entries:
                path = (*path, self._entries[path] - 1)
        return path

    def _read_pair(self, node: "Node", table: Path) -> None:
        key, *values = node.named_children
        path = table
        for part in _keys(key):
            path = (*path, part)
            self._note(path, key)
        for value in values:
            self._read_value(value, path)

    def _read_value(self, node: "Node", path: Path) -> None:
        if node.type == "inline_table":
            for pair in node.named_children:
                if pair.type == "pair":
                    self._read_pair(pair, path)
        elif node.type == "array":
            entries = [child for child in node.named_children if child.type != "comment"]
            for number, entry in enumerate(entries):
                self._note((*path, number), entry)
                self._read_value(entry, (*path, number))

    def _note(self, path: Path, node: "Node") -> None:
        self._lines.setdefault(path, _line(node))


def _line(node: "Node") -> int:
    return node.start_point.row + 1


def _keys(node: "Node") -> list[str]:
    """The parts of a possibly dotted and quoted key, as `tomllib` reads them."""
    try:
        table = tomllib.loads(f"{(node.text or b'').decode()} = 0")
    except tomllib.TOMLDecodeError:
        return []
    keys = []
    while isinstance(table, dict):
        key, table = next(iter(table.items()))
        keys.append(key)
    return keys
