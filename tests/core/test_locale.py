"""Wall times and instants, on both days when the clocks change."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from portal.core.locale import (
    SkippedTime,
    clock_time,
    date_as,
    hours,
    long_date,
    number,
    short_date,
    to_local,
    to_utc,
)

wall = datetime.fromisoformat
NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"


@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        (wall("2026-12-05 10:00"), NEW_YORK, datetime(2026, 12, 5, 15, tzinfo=UTC)),
        (wall("2027-07-01 10:00"), NEW_YORK, datetime(2027, 7, 1, 14, tzinfo=UTC)),
        (wall("2027-03-14 01:59"), NEW_YORK, datetime(2027, 3, 14, 6, 59, tzinfo=UTC)),
        (wall("2027-03-14 03:00"), NEW_YORK, datetime(2027, 3, 14, 7, tzinfo=UTC)),
        (wall("2027-03-28 03:00"), BERLIN, datetime(2027, 3, 28, 1, tzinfo=UTC)),
    ],
)
def test_a_wall_time_is_an_instant_and_back(local: datetime, zone: str, instant: datetime) -> None:
    assert to_utc(local, zone) == instant
    assert to_local(instant, zone) == local


@pytest.mark.parametrize(
    ("local", "zone"),
    [
        (wall("2027-03-14 02:00"), NEW_YORK),
        (wall("2027-03-14 02:59:59"), NEW_YORK),
        (wall("2027-03-28 02:30"), BERLIN),
    ],
)
def test_a_time_that_the_clocks_skip_does_not_exist(local: datetime, zone: str) -> None:
    with pytest.raises(SkippedTime):
        to_utc(local, zone)


@pytest.mark.parametrize(
    ("local", "zone", "first"),
    [
        (wall("2026-11-01 01:30"), NEW_YORK, datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        (wall("2026-10-25 02:30"), BERLIN, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_of_a_time_that_comes_twice_it_is_the_first(
    local: datetime, zone: str, first: datetime
) -> None:
    assert to_utc(local, zone) == first


def test_dates_and_times_are_written_as_people_here_do(app: Flask) -> None:
    assert long_date(date(2026, 12, 5)) == "Saturday, December 5, 2026"
    assert short_date(date(2026, 11, 13)) == "Nov 13, 2026"
    assert clock_time(wall("2026-12-05 10:00")) == "10 a.m."
    assert clock_time(wall("2026-12-05 13:05")) == "1:05 p.m."
    assert clock_time(wall("2026-12-05 00:00")) == "12 a.m."


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        ("10:00", "13:00", "10 a.m. to 1 p.m."),
        ("18:00", "20:00", "6 to 8 p.m."),
        ("17:30", "19:30", "5:30 to 7:30 p.m."),
        ("09:00", "11:30", "9 to 11:30 a.m."),
    ],
)
def test_hours_say_the_half_of_the_day_once(app: Flask, starts: str, ends: str, words: str) -> None:
    assert hours(wall(f"2026-12-05 {starts}"), wall(f"2026-12-05 {ends}")) == words


def test_hours_past_midnight_say_both_halves(app: Flask) -> None:
    assert hours(wall("2026-12-05 22:00"), wall("2026-12-06 23:00")) == "10 p.m. to 11 p.m."


def test_parts_of_a_date_and_big_numbers(app: Flask) -> None:
    assert [date_as(date(2026, 12, 5), shape) for shape in ("EEE", "d", "MMM")] == [
        "Sat",
        "5",
        "Dec",
    ]
    assert number(1204) == "1,204"
