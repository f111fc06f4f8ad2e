"""What is read from a stranger's page, and that no page makes it costly."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.fetch import Fetched
from chinwag.pages import Page, read, read_embed


def page(body: str | bytes, type: str = "text/html; charset=utf-8", url: str = "https://page.test/a/b") -> Page:
    data = body.encode() if isinstance(body, str) else body
    return read(Fetched(url, type, data, True))


def test_opengraph_comes_before_twitter_and_the_title() -> None:
    found = page(
        """<html><head><title>Plain</title>
        <meta name="twitter:title" content="Bird"><meta property="og:title" content='Graph &amp; "more"'/>
        <meta content="About" property=og:description><meta property="og:site_name" content="Site">
        <META PROPERTY="og:image" CONTENT="../c.png"></head><body><meta property="og:title" content="No">"""
    )
    assert found == Page('Graph & "more"', "About", "Site", "https://page.test/c.png")


def test_a_title_alone_is_enough() -> None:
    assert page("<title>\n A &lt;page&gt; \n</title>") == Page("A <page>", "", "page.test")


def test_pages_in_other_alphabets_are_read_as_they_say_they_are() -> None:
    assert page("<title>Grüße</title>".encode("latin-1"), "text/html; charset=ISO-8859-1").title == "Grüße"
    assert page('<meta charset="shift_jis"><title>日本</title>'.encode("shift_jis"), "text/html").title == "日本"
    assert page("<title>x</title>", "text/html; charset=no-such-thing").title == "x"
    assert page("<title>x</title>", "text/html; charset=base64").title == "x"


def test_a_picture_is_its_own_preview_and_anything_else_has_none() -> None:
    assert page(b"...", "image/png", "https://page.test/x/My%20cat.png").image == "https://page.test/x/My%20cat.png"
    assert page(b"...", "image/png", "https://page.test/x/My%20cat.png").title == "My cat.png"
    for kind in ("image/svg+xml", "application/pdf", "text/plain", ""):
        assert page("<title>x</title>", kind) == Page()


def test_oembed_adds_what_a_page_does_not_say() -> None:
    link = '<link type="application/json+oembed" rel="alternate" href="/oembed?u=1"><title>Long</title>'
    found = page(link)
    assert found.oembed == "https://page.test/oembed?u=1"
    answer = b'{"title": "Video", "provider_name": "Tube", "author_name": "Ann", "thumbnail_url": "//i.test/1.jpg"}'
    embedded = read_embed(Fetched("https://page.test/oembed", "application/json", answer, True), found)
    assert embedded == Page("Video", "Ann", "Tube", "https://i.test/1.jpg")
    for bad in (b"", b"[]", b'{"title": 3}', b"{" * 1_000):
        assert read_embed(Fetched("https://page.test/", "application/json", bad, True), found) is found


@pytest.mark.parametrize(
    "piece",
    [*("<meta ", "<meta a=", "<meta a='", '<meta a="b', "<title", "<title>", "<!--", "<", "a=", "</head", "&", "&#1;")],
)
def test_the_worst_page_costs_little(piece: str) -> None:
    body = piece * (512 * 1024 // len(piece))
    began = time.process_time()
    page(body)
    page("<meta property=og:title content=" + body)
    assert time.process_time() - began < 3


@given(st.binary(max_size=2_000) | st.text(max_size=2_000), st.text(max_size=40))
def test_any_page_is_read_without_harm(body: bytes | str, kind: str) -> None:
    data = body if isinstance(body, bytes) else body.encode("utf-8", "replace")
    page(data, "text/html; " + kind)
    read_embed(Fetched("https://page.test/", kind, data, True), Page())
