"""Web push: the standards' own examples, and the other side of both, written from the standards."""

import pytest

from chinwag.services import webpush
from tests.push_service import BadPush, Browser, check_token

# RFC 8291, section 5 and appendix A.
SAID = b"When I grow up, I want to be a watermelon"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
DEVICE = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SERVER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SENT = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl"
    "95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard_is_made_byte_for_byte() -> None:
    made = webpush.encrypt(SAID, DEVICE, AUTH, private=SERVER, salt=webpush.decode(SALT), block=1)
    assert made == webpush.decode(SENT)


@pytest.mark.parametrize("length", [0, 1, 255, 256, 3_000, webpush.MOST])
def test_the_browser_reads_what_was_said_whatever_its_length(length: int) -> None:
    browser = Browser()
    sent = webpush.encrypt(b"x" * length, browser.p256dh, browser.auth)
    assert browser.read(sent) == b"x" * length
    assert len(sent) <= webpush.RECORD


def test_the_length_of_what_is_sent_tells_little() -> None:
    browser = Browser()
    lengths = {len(webpush.encrypt(b"x" * length, browser.p256dh, browser.auth)) for length in range(1, 257)}
    assert len(lengths) == 1


def test_nobody_but_the_browser_reads_it_and_no_byte_of_it_can_be_changed() -> None:
    browser = Browser()
    sent = webpush.encrypt(b"hello", browser.p256dh, browser.auth)
    with pytest.raises(BadPush):
        Browser().read(sent)
    for place in (0, 30, len(sent) - 1):
        with pytest.raises(BadPush):
            browser.read(sent[:place] + bytes([sent[place] ^ 1]) + sent[place + 1 :])


def test_two_pushes_of_the_same_share_nothing() -> None:
    browser = Browser()
    one, other = (webpush.encrypt(b"hello", browser.p256dh, browser.auth) for _ in range(2))
    assert one[:16] != other[:16]
    assert one[21:86] != other[21:86]
    assert one[86:] != other[86:]


def test_the_token_says_for_whom_and_until_when_and_is_signed_by_the_key_that_browsers_know() -> None:
    private = webpush.make_key()
    origin, us, key = "https://push.example.net", "https://chat.example.org", webpush.public_key(private)
    sent = webpush.authorization(private, audience=origin, subject=us, ends_at=2_000)
    assert check_token(sent, origin=origin, key=key, now=1_000)["sub"] == us
    with pytest.raises(BadPush):
        check_token(sent, origin="https://other.example.net", key=key, now=1_000)
    with pytest.raises(BadPush):
        check_token(sent, origin=origin, key=webpush.public_key(webpush.make_key()), now=1_000)
    for now in (2_001, 2_000 - 86_401):
        with pytest.raises(BadPush):
            check_token(sent, origin=origin, key=key, now=now)


@pytest.mark.parametrize("key", ["", "AAAA", "BA" + "A" * 85, "BCVxsr7N", DEVICE[:-3] + "AAA", "BCV sr", "ü"])
def test_what_is_no_key_of_a_browser_is_refused(key: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  of several makers
        webpush.check_device(key)
