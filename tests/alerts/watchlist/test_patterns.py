import hyperscan
import pytest

from alerts.watchlist.patterns import PatternError, pattern_flags


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"(deal) \1", "back references"),
        (r"deal(?=s)", "look-around"),
        (r"(?<!no )deal", "look-around"),
        (r"d*", "would match everything"),
        (r"", "would match everything"),
        (r"^$", "would match everything"),
        (r"(a|)", "would match everything"),
        (r"[a-", "cannot be read"),
        (r"(?P<x", "cannot be read"),
        (r"deal++", "cannot be read"),
        (r"x{101}", "above 100"),
        (r"(?:ж){6}", "above 5"),
        (r"[^a]{90,100}(b[^c]{90,100}){90,100}", "together are above 10000"),
        (r"(ж{5}к{5}){2}", "together are above 25"),
        (r"\bсделка", "knows only ASCII"),
        ("x" * 301, "longer than 300"),
        (r"x{99999999999999999999}", "above 100"),
        (r"(?:[a-z]{1,100}x){50}", "too large"),
    ],
)
def test_given_a_pattern_that_cannot_run_in_linear_time_or_at_all_when_checked_then_it_is_refused(
    pattern: str, words: str
) -> None:
    with pytest.raises(PatternError) as refused:
        pattern_flags(pattern)

    assert words in str(refused.value)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\bS-?[34]00\b",
        r"deal.{0,60}arms",
        r"(a+)+$",
        r"(x|xx)*y",
        r"сдел(ка|ки)",
        r"\d{4}-\d{2}",
        r"\\b café",
    ],
)
def test_given_a_usable_pattern_when_checked_then_it_compiles_with_its_flags(pattern: str) -> None:
    flags = pattern_flags(pattern)

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=[pattern.encode()], ids=[0], elements=1, flags=flags)
    assert flags & hyperscan.HS_FLAG_CASELESS
    assert bool(flags & hyperscan.HS_FLAG_UCP) is not pattern.isascii()
