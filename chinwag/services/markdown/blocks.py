"""The blocks of a message that the library does not have, or not within bounds: quotations, lists, tables, fences."""

import html
import re

from markdown_it.rules_block import StateBlock, list_block
from markdown_it.rules_block.table import escapedSplit, getLine, table
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

DEEPEST = 8
"""Levels of nesting; a list takes two, a quotation one."""

TOKENS_MOST = 2_500
"""Once this much of structure was found, no more lists, quotations and tables begin: five are a list's item."""

COLUMNS_MOST = 20
ROWS_MOST = 100
CELLS_MOST = 1_000
"""Of one table. One with more columns stays as typed, and so do the rows that are too many."""

LANGUAGE = re.compile(r"language-[a-z0-9+#-]{1,32}")
_TASK = re.compile(r"\[([ xX])\][ \t\n]+(?=\S)")


def fence(renderer: object, tokens: list[Token], index: int, *_: object) -> str:
    """Code with its language; what stands after the fence and is no language is the first line of the code."""
    info, code = tokens[index].info.strip(), tokens[index].content
    language = f"language-{info.lower()}"
    if info and not LANGUAGE.fullmatch(language):
        info, code = "", f"{info}\n{code}"
    attribute = f' class="{language}"' if info else ""
    return f"<pre><code{attribute}>{html.escape(code, quote=False)}</code></pre>\n"


def listing(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The library's, but what is nested too deep stays as text: the parser alone would drop it."""
    return _has_room(state) and list_block(state, start, end, silent)


def tasks(state: StateCore) -> None:
    """An item that begins with "[ ]" or "[x]" gets the picture of a box: there is nothing to press in what was said."""
    for item, _, text in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if (item.type, text.type) != ("list_item_open", "inline") or not (found := _TASK.match(text.content)):
            continue
        item.attrs["class"] = "task"
        text.content = ("☐ " if found[1] == " " else "☑ ") + text.content[found.end() :]


def bounded_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The library's, of a bounded size. How a column is aligned is said without a style.

    It ends before a row with more cells than the first has: the library would leave them out.
    """
    if start + 1 >= end or not _has_room(state) or state.src.count("|", *_line(state, start + 1)) > COLUMNS_MOST + 1:
        return False
    columns = _cells(state, start)
    last = min(end, start + 2 + min(ROWS_MOST, CELLS_MOST // max(columns, 1)))
    begun = len(state.tokens)
    if not table(state, start, last, True):
        return False
    last = next((line for line in range(start + 2, last) if _cells(state, line) > columns), last)
    if silent or not table(state, start, last, False):
        return silent
    for token in state.tokens[begun:]:
        if "style" in token.attrs:
            token.attrs = {"align": str(token.attrs["style"]).rpartition(":")[2]}
    return True


def _line(state: StateBlock, line: int) -> tuple[int, int]:
    return state.bMarks[line], state.eMarks[line]


def _cells(state: StateBlock, line: int) -> int:
    """How many cells a row has; bars at its ends are its frame."""
    cells = escapedSplit(getLine(state, line).strip())
    return len(cells) - (cells[0] == "") - (len(cells) > 1 and cells[-1] == "")


def quotation(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Lines that begin with ">", and no others: an answer written under a quotation is not part of it.

    CommonMark's "lazy" lines are what people do not mean in a chat, and looking for them takes quadratic time.
    """
    if not (_has_room(state) and _is_quoted(state, start)):
        return False
    if silent:
        return True
    marks = [list(kept) for kept in (state.bMarks, state.tShift, state.sCount, state.bsCount)]
    outer = state.lineMax, state.blkIndent, state.parentType
    line = start
    while line < end and _is_quoted(state, line):
        _unquote(state, line)
        line += 1
    state.lineMax, state.blkIndent, state.parentType = line, 0, "blockquote"
    state.push("blockquote_open", "blockquote", 1).map = [start, line]
    state.md.block.tokenize(state, start, line)
    state.push("blockquote_close", "blockquote", -1)
    state.lineMax, state.blkIndent, state.parentType = outer
    state.bMarks, state.tShift, state.sCount, state.bsCount = marks
    state.line = line
    return True


def _has_room(state: StateBlock) -> bool:
    return state.level < DEEPEST and len(state.tokens) < TOKENS_MOST


def _is_quoted(state: StateBlock, line: int) -> bool:
    first = state.bMarks[line] + state.tShift[line]
    return state.sCount[line] >= state.blkIndent and state.src.startswith(">", first, state.eMarks[line])


def _unquote(state: StateBlock, line: int) -> None:
    """Move a line's beginning past its ">" and the space after it."""
    begin = state.bMarks[line] + state.tShift[line] + 1
    begin += state.src.startswith((" ", "\t"), begin, state.eMarks[line])
    text = state.skipSpaces(begin)
    state.bMarks[line], state.bsCount[line] = begin, 0
    state.tShift[line] = state.sCount[line] = min(text, state.eMarks[line]) - begin
