"""Every way past a filter that OWASP's XSS Filter Evasion Cheat Sheet names, by its heading there, as attempts of ours.

They are in `evasions.txt`, with those of servers (SSI, PHP, redirects) and of browsers that are gone, as all of it is
only text to us. There "§" is the script that must not run, evil.example whom nobody must ask, "␤", "␍", "␉" and "␣" are
the characters that they show (the last is a space that does not break), and what stands in "decimal(…)", "decimal;(…)",
"hex(…)" and "base64(…)" is so spelt.
"""

import base64
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

SHOWN = str.maketrans({"␤": "\n", "␍": "\r", "␉": "\t", "␣": "\u00a0"})


def _read() -> dict[str, list[str]]:
    parts = Path(__file__).with_suffix(".txt").read_text().split("\n\n")
    found = (part.strip("\n").removeprefix("# ").splitlines() for part in parts)
    return {heading: [row.translate(SHOWN) for row in rows] for heading, *rows in found}


TECHNIQUES = _read()

# Whatever may happen to an element, also to those of browsers that are gone.
EVENTS = """
FSCommand abort activate afterprint afterscriptexecute afterupdate animationcancel animationend animationiteration
auxclick beforeactivate beforecopy beforecut beforedeactivate beforeeditfocus beforeinput beforematch beforepaste
beforeprint beforescriptexecute beforetoggle beforeunload beforeupdate blur bounce cancel canplay canplaythrough
cellchange change close contextmenu contextrestored controlselect copy cuechange cut dataavailable datasetchanged
datasetcomplete dblclick deactivate drag dragdrop dragend dragenter dragexit dragleave dragover dragstart drop
durationchange emptied end ended errorupdate filterchange finish focusin focusout formdata fullscreenchange
gotpointercapture hashchange help input invalid keydown keypress keyup languagechange layoutcomplete loadeddata
loadedmetadata loadstart losecapture lostpointercapture mediacomplete mediaerror message messageerror mousedown
mouseenter mouseleave mousemove mouseout mouseup mousewheel move moveend movestart offline online outofsync pagehide
pageshow paste pause play playing pointercancel pointerdown pointerleave pointermove pointerout pointerover
pointerrawupdate pointerup popstate progress propertychange ratechange readystatechange redo rejectionhandled repeat
reset resize resizeend resizestart resume reverse rowdelete rowexit rowsenter rowinserted scrollend seek seeked seeking
seeksegmenttime securitypolicyviolation select selectionchange selectstart show slotchange stalled start stop storage
submit suspend syncrestored timeerror timeupdate touchcancel touchend touchmove touchstart trackchange transitioncancel
transitionend transitionrun transitionstart undo unhandledrejection unload urlflip volumechange waiting
webkitanimationend webkitfullscreenchange wheel
""".split()

SPELLINGS: dict[str, Callable[[str], str]] = {
    "decimal;": lambda text: "".join(f"&#{ord(one)};" for one in text),
    "decimal": lambda text: "".join(f"&#{ord(one):07}" for one in text),
    "hex": lambda text: "".join(f"&#x{ord(one):X}" for one in text),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
}


def rows(script: str) -> Iterator[str]:
    """Every attempt to run a script."""
    for row in itertools.chain.from_iterable(TECHNIQUES.values()):
        spelt = row.replace("§", script)
        yield re.sub(r"(decimal;|decimal|hex|base64)\(((?:[^()]|\([^()]*\))*)\)", _spell, spelt)
    for event in EVENTS:
        yield f"<x-foo tabindex=1 on{event}={script}>x</x-foo>"
    for less in angles():
        yield f"{less}img src=x onerror={script}>"


def _spell(found: re.Match[str]) -> str:
    return SPELLINGS[found[1]](found[2])


def angles() -> Iterator[str]:
    """The character "<" in every spelling."""
    yield from ("%3C", "&lt", "&lt;", "&LT", "&LT;", "\\x3c", "\\x3C", "\\u003c", "\\u003C")
    for zeros, end in itertools.product(range(6), ("", ";")):
        yield f"&#{'0' * zeros}60{end}"
        for mark, digits in itertools.product("xX", ("3c", "3C")):
            yield f"&#{mark}{'0' * zeros}{digits}{end}"
