import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chinwag.errors import Invalid, Refused, TooLarge
from chinwag.services import names
from chinwag.services.names import (
    clean_body,
    clean_email,
    clean_handle,
    clean_line,
    clean_name,
    clean_slug,
    email_key,
    handle_from,
    skeleton,
    slug_from,
)

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=80)
ODD_TEXT = st.text(
    st.sampled_from("aAéİßσςΣıǅﬁ½² \t\n-._\u00a0\u0301\u0300\u200d\ufe0f\u3164👩👍🏽ᄀ각\u0345ᾳ"), max_size=12
)
CLEANERS = [clean_name, clean_handle, clean_slug, clean_line, clean_email, clean_body]


@pytest.mark.parametrize("clean", CLEANERS)
@given(text=ANY_TEXT | ODD_TEXT)
def test_cleaning_what_is_clean_changes_nothing(clean: Callable[[str], str], text: str) -> None:
    try:
        cleaned = clean(text)
    except Refused:
        return
    assert clean(cleaned) == cleaned
    cleaned.encode()
    assert "\x00" not in cleaned


@pytest.mark.parametrize("clean", CLEANERS)
def test_an_error_names_the_field_that_it_is_told(clean: Callable[..., str]) -> None:
    with pytest.raises(Invalid) as refused:
        clean("a\x00b", field="this_one")
    assert refused.value.field == "this_one"
    with pytest.raises(Refused) as refused_too:
        clean("a" * 9_000, field="this_one")
    assert refused_too.value.field == "this_one"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ann", "Ann"),
        ("  Ann \t\n Lee ", "Ann Lee"),
        ("Ａｎｎ", "Ann"),
        ("Zoe\u0308", "Zoë"),
        ("Ann\u3000Lee", "Ann Lee"),
        ("Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
        ("हिन्दी", "हिन्दी"),
        ("עִבְרִית", unicodedata.normalize("NFKC", "עִבְרִית")),
        ("李小龍", "李小龍"),
        ("👩\u200d👩\u200d👧 Ann", "👩\u200d👩\u200d👧 Ann"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("🏳\ufe0f\u200d🌈", "🏳\ufe0f\u200d🌈"),
        ("👍🏽", "👍🏽"),
        ("1\ufe0f\u20e3 one", "1\ufe0f\u20e3 one"),
        (
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        ),
        ("x" * 64, "x" * 64),
    ],
)
def test_a_name_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "\u3000",
        "Ann\x00",
        "Ann\x07",
        "Ann\x1b[31m",
        "Ann\x85",
        "\ud800",
        "Ann\udc00",
        "Ann\u202eeel",
        "\u2066Ann\u2069",
        "Ann\u200f",
        "An\u200bn",
        "An\u200dn",
        "An\u200cn",
        "An\u2060n",
        "Ann\ufeff",
        "An\u00adn",
        "Ann\ufe0f",
        "👩\u200d",
        "\u200d👩",
        "👩\u200d\u200d👧",
        "\u3164",
        "\u115f",
        "\u2800",
        "Ann\u034f",
        "Ann\U000e0061",
        "Ann\ue000",
        "\u0301",
        "\u0301\u0302",
        "\u0301a",
        "a" + "\u0301" * 6,
        "Z\u0351\u036b\u0343\u036a\u0302algo",
        "Ann\U000e0100",
    ],
)
def test_a_name_that_hides_something_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_name(typed)
    assert refused.value.field == "name"


@pytest.mark.parametrize("typed", ["x" * 65, "ﷺ" * 4, "x " * 33])
def test_a_name_of_more_than_64_characters_is_too_large(typed: str) -> None:
    with pytest.raises(TooLarge):
        clean_name(typed)


@given(ANY_TEXT | ODD_TEXT)
def test_no_clean_name_shows_nothing(text: str) -> None:
    try:
        name = clean_name(text)
    except Refused:
        return
    assert any(unicodedata.category(character)[0] not in "ZCM" or character == "\u20e3" for character in name) or any(
        unicodedata.category(character) == "Cn" for character in name
    )


@pytest.mark.parametrize(
    ("typed", "kept"), [("ann", "ann"), (" Ann.Lee-2_x ", "ann.lee-2_x"), ("0", "0"), ("a" * 32, "a" * 32)]
)
def test_a_handle_is_kept_in_lower_case(typed: str, kept: str) -> None:
    assert clean_handle(typed) == kept


@pytest.mark.parametrize("typed", ["", ".ann", "-ann", "_ann", "ann lee", "änn", "аnn", "ann@x", "ann\n.", "İ"])
def test_a_handle_of_other_letters_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        clean_handle(typed)


@pytest.mark.parametrize(
    ("name", "handle"),
    [
        ("Ann Lee", "ann.lee"),
        ("Zoë O'Neil-Šimić", "zoe.o.neil.simic"),
        ("李小龍", "user"),
        ("", "user"),
        ("👍", "user"),
        ("..x..", "x"),
        ("a" * 31 + " bc", "a" * 31),
    ],
)
def test_a_handle_is_suggested_from_a_name(name: str, handle: str) -> None:
    assert handle_from(name) == handle


@given(ANY_TEXT)
def test_what_is_suggested_may_be_had(text: str) -> None:
    assert clean_handle(handle_from(text)) == handle_from(text)
    try:
        name = clean_name(text)
    except Refused:
        return
    assert clean_slug(slug_from(name)) == slug_from(name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("general", "general"),
        (" General ", "general"),
        ("ops-2", "ops-2"),
        ("日本語", "日本語"),
        ("हिन्दी-कक्ष", "हिन्दी-कक्ष"),
        ("Ｘ", "x"),
    ],
)
def test_a_slug_is_kept_in_lower_case_of_any_script(typed: str, kept: str) -> None:
    assert clean_slug(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "-a",
        "a-",
        "a--b",
        "a b",
        "a_b",
        "a/b",
        "a.b",
        "..",
        "a#b",
        "a?b",
        "👍",
        "\u3164",
        "a\u200bb",
        "a" + "\u0316" * 5,
    ],
)
def test_a_slug_of_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        clean_slug(typed)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Ops & Infra!", "ops-infra"),
        ("हिन्दी कक्ष", "हिन्दी-कक्ष"),
        ("👍", "room"),
        ("x" * 63 + " y", "x" * 63),
        ("Straße", "straße"),
    ],
)
def test_a_slug_is_suggested_from_a_name(name: str, slug: str) -> None:
    assert slug_from(name) == slug


def test_a_topic_is_one_line_of_at_most_250_characters() -> None:
    assert clean_line("  a \n b\t½ ") == "a b ½"
    assert clean_line("") == ""
    assert clean_line("می\u200cخواهم") == "می\u200cخواهم"
    assert clean_line("x" * 250) == "x" * 250
    with pytest.raises(TooLarge):
        clean_line("x" * 251)
    with pytest.raises(TooLarge):
        clean_line("x" * 65, 64, field="label")


@pytest.mark.parametrize("typed", ["a\x00", "a\x1bb", "a\u202eb", "\ud800"])
def test_a_topic_with_controls_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        clean_line(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ann.Lee+chat@Example.COM ", "Ann.Lee+chat@example.com"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("o'neil_{x}@a-b.co.uk", "o'neil_{x}@a-b.co.uk"),
    ],
)
def test_an_address_keeps_its_letters_and_lowers_its_domain(typed: str, kept: str) -> None:
    assert clean_email(typed) == kept
    assert email_key(kept) == kept.lower()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ann",
        "@example.com",
        "ann@",
        "ann@localhost",
        "a b@example.com",
        "ann@exa mple.com",
        ".ann@example.com",
        "ann.@example.com",
        "a..b@example.com",
        "ann@-a.com",
        "ann@a..com",
        "ann@example.com.",
        "ann@b@example.com",
        "änn@example.com",
        "ann@example.com\nbcc: ben@example.com",
        "ann@example.com\x00",
        "<ann@example.com>",
        '"ann lee"@example.com',
        "ann@[127.0.0.1]",
        "x" * 65 + "@example.com",
        "ann@" + "x" * 64 + ".com",
        "ann@exam\u200bple.com\ud800",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_email(typed)
    assert refused.value.field == "email"


def test_an_address_of_more_than_254_characters_is_too_large() -> None:
    with pytest.raises(TooLarge):
        clean_email("ann@" + ".".join(["x" * 60] * 5) + ".com")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("hello", "hello"),
        ("  indented\n\n\n", "  indented\n\n\n"),
        ("a\r\nb\rc", "a\nb\rc"),
        ("tab\tstays", "tab\tstays"),
        ("\x1b[31mred\x1b[0m\x07", "\x1b[31mred\x1b[0m\x07"),
        ("\u202eabc\u202c", "\u202eabc\u202c"),
        ("e\u0301", "e\u0301"),
        ("x" * 7_997 + "  \n", "x" * 7_997 + "  \n"),
        ("x\r\n" * 4_000, "x\n" * 4_000),
        ("👍" * 8_000, "👍" * 8_000),
    ],
)
def test_a_body_is_kept_as_it_was_sent_but_for_the_ends_of_lines(typed: str, kept: str) -> None:
    assert clean_body(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", " \n\t ", "\u3000", "\u200b", "\x07", "\u3164", "\u202e\u202c", "a\x00b", "a\ud83d", "\ufeff \ufe0f"]
)
def test_a_blank_or_broken_body_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_body(typed)
    assert refused.value.field == "body"


def test_a_body_of_more_than_8000_characters_is_too_large() -> None:
    with pytest.raises(TooLarge, match="8,000"):
        clean_body("x" * 8_001)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paypal", "p\u0430ypal"),
        ("paypal", "\u0440\u0430\u0443\u0440\u0430l"),
        ("paypal", "ＰayPaＬ"),
        ("modern", "rnodern"),
        ("Ill", "1l|"),
        ("O", "0"),
        ("Nick", "\u039dick"),
        ("Victor", "\u03bdictor"),
        ("BOBA", "\u0412\u041e\u0412\u0410"),
        ("\u0412\u043e\u0432\u0430", "\u0412\u041e\u0412\u0410"),
        ("\u041d\u0438\u043d\u0430", "\u041d\u0418\u041d\u0410"),
        ("Ann", "𝐀𝐧𝐧"),
        ("Ann", "A\u200bn\u200dn"),
        ("STRASSE", "Straße"),
        ("Zoë", "ZOE\u0308"),
        ("a-b", "a\u2010b"),
        ("it's", "it\u2019s"),
        ("❤", "❤\ufe0f"),
        ("ΝΙΚΟΣ", "νικος"),
    ],
)
def test_names_that_look_alike_share_a_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann", "anna"),
        ("Zoe", "Zoë"),
        ("vv", "w"),
        ("Nick", "Vick"),
        ("Yuri", "Uuri"),
        ("李", "季"),
        ("Ann Lee", "AnnLee"),
        ("👍", "👎"),
    ],
)
def test_names_that_look_different_do_not(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@given(ANY_TEXT | ODD_TEXT)
@example('"%"')
def test_the_skeleton_of_a_skeleton_is_itself(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text)


def test_the_skeleton_of_every_confusable_is_itself() -> None:
    looks = names._looks()
    assert len(looks) > 2_500
    for character in map(chr, looks):
        assert skeleton(skeleton(character)) == skeleton(character)


@given(st.text(st.characters(codec="ascii")))
def test_case_never_tells_ascii_names_apart(text: str) -> None:
    assert skeleton(text.upper()) == skeleton(text.lower()) == skeleton(text)
