"""RFC 6455 as bytes: what a server writes, and a client's frames in whatever pieces they come."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chinwag.frames import CONTINUED, PING, TEXT, Frame, Violation, frame, read_frame
from tests import raw


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_a_frame_says_its_length_as_the_standard_asks(size: int) -> None:
    data = frame(TEXT, b"x" * size)
    head = {0: 2, 125: 2, 126: 4, 65_535: 4, 65_536: 10}[size]
    assert data[0] == 0x81
    assert data[1] & 0x80 == 0
    assert len(data) == head + size


@given(st.lists(st.tuples(st.sampled_from((TEXT, CONTINUED)), st.binary(max_size=300), st.booleans()), max_size=5))
def test_frames_are_read_as_they_were_sent(sent: list[tuple[int, bytes, bool]]) -> None:
    data = b"".join(raw.frame(opcode, payload, final=final) for opcode, payload, final in sent)
    at, found = 0, []
    while one := read_frame(data, at, 1_000):
        found.append((one.opcode, one.payload, one.final))
        at = one.end
    assert found == sent
    assert at == len(data)


@given(st.binary(max_size=200), st.integers(min_value=1))
def test_a_frame_that_has_not_come_whole_is_waited_for(payload: bytes, missing: int) -> None:
    data = raw.frame(TEXT, payload)
    assert read_frame(data[: -(missing % len(data)) or -1], 0, 1_000) is None
    assert read_frame(data, 0, 1_000) == Frame(TEXT, True, payload, len(data))


@given(st.binary(min_size=2, max_size=40))
def test_any_bytes_are_a_frame_or_wait_or_break_the_standard(data: bytes) -> None:
    found = None
    with contextlib.suppress(Violation):
        found = read_frame(data, 0, 1_000)
    assert found is None or found.end <= len(data)


def test_too_large_a_frame_is_refused_before_it_has_come() -> None:
    with pytest.raises(Violation) as caught:
        read_frame(raw.frame(TEXT, b"x" * 1_001)[:8], 0, 1_000)
    assert caught.value.code == 1009
    with pytest.raises(Violation) as caught:
        read_frame(raw.frame(PING, b"x" * 126)[:2], 0, 1_000)
    assert caught.value.code == 1002
