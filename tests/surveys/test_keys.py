import stat

from flask import Flask

from portal.core import config
from portal.surveys import keys


def test_a_key_is_its_owners_alone_and_gone_when_destroyed(app: Flask) -> None:
    key = keys.draw(1)
    path = config.current().survey_keys / "1.key"

    assert (len(key), keys.find(1), keys.kept()) == (32, key, [1])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    keys.destroy(1)
    keys.destroy(1)
    assert (keys.find(1), keys.kept()) == (None, [])


def test_another_try_overwrites_the_key_of_one_that_failed(app: Flask) -> None:
    first, second = keys.draw(2), keys.draw(2)

    assert first != second
    assert keys.find(2) == second
    keys.destroy(2)
