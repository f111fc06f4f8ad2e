import pytest
from argon2 import PasswordHasher, extract_parameters

from chinwag.errors import Invalid, TooLarge
from chinwag.services import passwords


def test_a_password_matches_its_own_hash_and_no_other() -> None:
    hashed = passwords.hash("correct horse")
    assert passwords.verify(hashed, "correct horse")
    assert not passwords.verify(hashed, "Correct horse")
    assert not passwords.verify(hashed, "")


def test_the_same_password_hashes_differently_each_time() -> None:
    assert passwords.hash("correct horse") != passwords.hash("correct horse")


def test_a_hash_is_argon2id_with_19_mib_two_passes_and_one_lane() -> None:
    hashed = passwords.hash("correct horse")
    parameters = extract_parameters(hashed)
    assert hashed.startswith("$argon2id$")
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19 * 1024, 2, 1)


def test_nobodys_hash_never_matches_and_costs_what_somebodys_does() -> None:
    stand_in = passwords._nobodys()
    assert not passwords.verify(None, "what nobody's password is compared with")
    assert passwords._nobodys() == stand_in
    assert extract_parameters(stand_in) == extract_parameters(passwords.hash("correct horse"))


@pytest.mark.parametrize("hashed", ["", "plain text", "$argon2id$v=19$m=19456,t=2,p=1$broken", "$2b$12$abc"])
def test_what_is_no_hash_matches_nothing(hashed: str) -> None:
    assert not passwords.verify(hashed, "correct horse")
    assert not passwords.verify(hashed, "")


@pytest.mark.parametrize("password", ["\ud800" * 8, "nul\x00" * 2, "x" * 257])
def test_what_could_be_nobodys_password_is_no_error_to_try(password: str) -> None:
    assert not passwords.verify(passwords.hash("correct horse"), password)
    assert not passwords.verify(None, password)


def test_a_weaker_hash_asks_to_be_made_anew() -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("correct horse")
    assert passwords.verify(weaker, "correct horse")
    assert passwords.needs_rehash(weaker)
    assert not passwords.needs_rehash(passwords.hash("correct horse"))


@pytest.mark.parametrize("text", ["x" * 12, "x" * 256, "ein pässwörd", " spaces kept ", "🐎🔋📎✅🐎🔋📎✅🐎🔋📎✅"])
def test_a_password_is_kept_as_it_was_typed(text: str) -> None:
    assert passwords.clean_password(text) == text
    assert passwords.verify(passwords.hash(text), text)


@pytest.mark.parametrize("text", ["", "x" * 11, "\x00" + "x" * 12, "x" * 12 + "\udfff"])
def test_a_password_too_short_or_no_text_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.clean_password(text, field="new")
    assert refused.value.field == "new"


def test_a_password_too_long_is_refused() -> None:
    with pytest.raises(TooLarge) as refused:
        passwords.clean_password("x" * 257)
    assert refused.value.field == "password"
