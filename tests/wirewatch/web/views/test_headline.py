import pytest

from ingest.coverage import Coverage, Level
from wirewatch.readiness import Verdict
from wirewatch.web.views.headline import headline

READY = {"rules": Verdict(is_ready=True, detail="2 rules")}
UNREADY = {**READY, "log": Verdict(is_ready=False, detail="no room on the disk")}


def heard(level: Level, number: int = 86) -> Coverage:
    return Coverage(level, 86, number, 0, {}, 30, 30.0)


@pytest.mark.parametrize(
    ("level", "broken", "mood", "title"),
    [
        ("well", (), "ok", "Working."),
        ("worse", (), "warn", "Hearing less than usual."),
        ("starting", (), "warn", "Starting."),
        ("deaf", (), "bad", "Deaf: stories may be missed."),
        ("well", ("sources",), "warn", "Working with older files: sources."),
        ("deaf", ("sources",), "bad", "Deaf: stories may be missed."),
    ],
)
def test_given_how_it_stands_when_headed_then_the_worst_is_said_and_coloured(
    level: Level, broken: tuple[str, ...], mood: str, title: str
) -> None:
    said = headline(READY, heard(level), broken)

    assert (said.mood, said.title) == (mood, title)
    assert said.sentence == heard(level).sentence


def test_given_an_unready_process_when_deaf_too_then_both_are_said() -> None:
    said = headline(UNREADY, heard("deaf", 2), ())

    assert (said.mood, said.title) == ("bad", "Not ready.")
    assert said.reasons == (("log", "no room on the disk"), ("hearing", heard("deaf", 2).sentence))
