"""format=flowed (RFC 3676): lines broken for transport put together again.

Called by `content` on plain text that says so. Linear.
"""

from __future__ import annotations


def unwrapped(text: str, *, delsp: bool) -> str:
    """The paragraphs as they were typed, quoting kept as "> "."""
    out: list[str] = []
    depth, is_open = 0, False
    for line in text.split("\n"):
        quoted = len(line) - len(line.lstrip(">"))
        words = line[quoted:].removeprefix(" ")
        flows = words.endswith(" ") and words != "-- "
        kept = words[:-1] if flows and delsp else words
        if is_open and quoted == depth and words != "-- ":
            out.append(kept)
        else:
            out.append(f"{'' if not out else chr(10)}{'>' * quoted}{' ' if quoted else ''}{kept}")
        depth, is_open = quoted, flows
    return "".join(out)
