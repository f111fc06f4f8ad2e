"""Whatever is killed while people talk: nothing that was acknowledged is lost, doubled, out of order, or unheard."""

import random
from pathlib import Path

import pytest

from tests.servers import Postgres, Valkey
from tests.storm import Storm


async def play(storm: Storm, seed: int, faults: int) -> None:
    """So many faults, each with talk before and after it."""
    chance = random.Random(seed)
    async with storm.talking():
        for number in range(faults):
            await storm.go_on(5)
            which = number % 4 if number < 4 else chance.randrange(4)
            if which == 0:
                await storm.valkey_is_killed(chance.random())
            elif which == 1:
                await storm.valkey_is_paused(chance.random())
            elif which == 2:
                await storm.a_server_is_killed(chance.random() / 2, chance.randrange(2))
            else:
                await storm.postgresql_is_killed(chance.random() / 2)
    found = storm.compare()
    assert found.faults == {}
    assert found.acknowledged >= faults * 5 * len(storm.posters)


@pytest.mark.logs
async def test_a_storm_loses_doubles_and_hides_nothing(postgres: Postgres, valkey: Valkey, tmp_path: Path) -> None:
    storm = Storm(postgres, valkey, tmp_path, posters=4, pause=0.01)
    try:
        await play(storm, seed=1, faults=4)
    finally:
        storm.close()


@pytest.mark.wide
@pytest.mark.logs
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(3))
async def test_a_long_storm_loses_doubles_and_hides_nothing(
    postgres: Postgres, valkey: Valkey, tmp_path: Path, seed: int
) -> None:
    storm = Storm(postgres, valkey, tmp_path, posters=10, pause=0.05)
    try:
        await play(storm, seed, faults=24)
    finally:
        storm.close()
