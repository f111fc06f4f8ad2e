import pytest

from chinwag import limits
from chinwag.errors import TooMany
from chinwag.limits import KEYS_MOST, RATES, Limits, Rate, address_key


class Clock:
    """Seconds, as a test sets them."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rates(clock: Clock) -> Limits:
    return Limits(clock=clock)


def taken(rates: Limits, name: str, key: object, tries: int) -> int:
    """How many of these tries are let through."""
    count = 0
    for _ in range(tries):
        try:
            rates.take(name, key)
        except TooMany:
            continue
        count += 1
    return count


ROWS = [
    ("post", 10, 10),
    ("render", 10, 20),
    ("vote", 10, 10),
    ("react", 20, 40),
    ("profile", 30, 60),
    ("signin", 5, 15 * 60),
    ("signin_address", 20, 60 * 60),
    ("signup", 3, 60 * 60),
    ("invited", 60, 60 * 60),
    ("visit", 30, 60 * 60),
    ("upload", 60, 60),
    ("search", 30, 60),
    ("report", 10, 60 * 60),
    ("push_test", 10, 10 * 60),
    ("typing", 1, 3),
    ("hook", 60, 60),
]


@pytest.mark.parametrize(("name", "burst", "seconds"), ROWS)
def test_a_burst_passes_and_is_there_again_after_its_time(
    rates: Limits, clock: Clock, name: str, burst: int, seconds: float
) -> None:
    assert taken(rates, name, "ann", 3 * burst) == burst
    clock.now += seconds + 0.001
    assert taken(rates, name, "ann", 3 * burst) == burst


def test_every_rate_has_its_row_above() -> None:
    assert set(RATES) == {name for name, _, _ in ROWS}


def test_after_the_burst_one_passes_each_second(rates: Limits, clock: Clock) -> None:
    assert taken(rates, "post", "ann", 20) == 10
    for _ in range(30):
        clock.now += 1
        assert taken(rates, "post", "ann", 3) == 1


def test_a_refusal_says_when_to_come_again_and_then_it_passes(rates: Limits, clock: Clock) -> None:
    rates.take("typing", 7)
    clock.now += 1
    with pytest.raises(TooMany) as refused:
        rates.take("typing", 7)
    assert refused.value.retry_after == pytest.approx(2)
    clock.now += 2
    rates.take("typing", 7)


def test_refusals_do_not_push_the_time_back(rates: Limits, clock: Clock) -> None:
    assert taken(rates, "post", "ann", 1_000) == 10
    clock.now += 1
    assert taken(rates, "post", "ann", 1) == 1


def test_a_long_silence_saves_no_more_than_a_burst(rates: Limits, clock: Clock) -> None:
    rates.take("post", "ann")
    clock.now += 1_000_000
    assert taken(rates, "post", "ann", 100) == 10


def test_keys_and_names_do_not_share(rates: Limits) -> None:
    assert taken(rates, "post", "ann", 20) == 10
    assert taken(rates, "post", "ben", 20) == 10
    assert taken(rates, "search", "ann", 40) == 30


def test_an_unknown_rate_is_a_mistake(rates: Limits) -> None:
    with pytest.raises(KeyError):
        rates.take("pots", "ann")


def test_off_lets_everything_through_and_remembers_nothing() -> None:
    rates = Limits(off=True)
    assert taken(rates, "signup", "ann", 1_000) == 1_000
    assert len(rates) == 0


def test_full_buckets_are_forgotten(rates: Limits, clock: Clock) -> None:
    for key in range(1_000):
        rates.take("post", key)
    clock.now += 60
    for key in range(1_000, 1_100):
        rates.take("post", key)
    assert len(rates) <= 101


def test_many_keys_cannot_grow_it_without_end(rates: Limits) -> None:
    for key in range(5 * KEYS_MOST):
        rates.take("signup", key)
    assert len(rates) <= KEYS_MOST


def test_many_keys_do_not_set_free_the_one_that_is_used_up(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "KEYS_MOST", 4_000)
    rates = Limits(clock=clock, rates={"signin": Rate(5, 180)})
    assert taken(rates, "signin", "mallory", 9) == 5
    for key in range(10 * 4_000):
        rates.take("signin", key)
    assert taken(rates, "signin", "mallory", 9) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("2001:DB8::1", "2001:db8:0:0:0:0:0:2"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::2%eth1"),
    ],
)
def test_addresses_of_one_customer_count_as_one(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.7", "192.0.2.8"),
        ("2001:db8:1:2::1", "2001:db8:1:3::1"),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.8"),
    ],
)
def test_addresses_of_two_customers_count_apart(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


def test_what_is_no_address_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="does not appear"):
        address_key("localhost")
