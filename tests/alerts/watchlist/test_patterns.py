import pytest

from alerts.watchlist.patterns import PatternError, check_pattern, in_re2


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
        (r"(?:[a-z]{1,100}x){50}", "together are above 1000"),
        (r"(?:\pL{10}){99}", "too large"),
        (r"^", "would match everything"),
        (r"\b|x", "would match everything"),
        (r"(?x) a b", "comments and layout"),
        (r"(?#c)ab", "comments and layout"),
        (r"a\hb", "not known"),
        (r"ab\Z", "not known"),
        (r"[\b]a", "means nothing in a class"),
        (r"é[\W]", "knows only ASCII"),
        (r"é[[:alpha:]]", "knows only ASCII"),
    ],
)
def test_given_a_pattern_that_cannot_run_in_linear_time_or_at_all_when_checked_then_it_is_refused(
    pattern: str, words: str
) -> None:
    with pytest.raises(PatternError) as refused:
        check_pattern(pattern)

    assert words in str(refused.value)


def test_given_a_pattern_that_cannot_be_read_when_checked_then_re2_itself_writes_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(PatternError):
        check_pattern("(?P<x")

    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("pattern", "read"),
    [
        (r"\bS-?[34]00\b", r"\bS-?[34]00\b"),
        (r"deal.{0,60}arms", r"deal.{0,60}arms"),
        (r"(a+)+$", r"(a+)+$"),
        (r"(x|xx)*y", r"(x|xx)*y"),
        (r"сдел(ка|ки)", r"сдел(ка|ки)"),
        (r"\d{4}-\d{2}", r"\d{4}-\d{2}"),
        (r"\\b café", r"\\b café"),
        (r"ж\w", r"ж[\p{L}\p{N}_]"),
        (r"ж\W", r"ж[^\p{L}\p{N}_]"),
        (r"[]ж\d]\d", r"[]ж\p{Nd}][\p{Nd}]"),
        (r"[^]ж\\]\d", r"[^]ж\\][\p{Nd}]"),
        (r"[a[]ж\d", r"[a[]ж[\p{Nd}]"),
        (r"\\é\[\d]", r"\\é\[[\p{Nd}]]"),
    ],
)
def test_given_a_usable_pattern_when_checked_then_re2_reads_it_with_the_classes_of_its_letters(
    pattern: str, read: str
) -> None:
    check_pattern(pattern)

    assert in_re2(pattern) == read
