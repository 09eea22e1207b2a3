from tests.chaos.values import KINDS, fuzz


def test_given_odd_urls_dates_and_headers_when_read_then_each_is_a_value_and_nothing_raises() -> None:
    found = fuzz(3_000, seed=11)

    assert found.raised == {}
    assert {kind: found.given[kind] for kind in KINDS} == dict.fromkeys(KINDS, 1_000)
    assert found.given["whole pages"] == 1
    assert found.given["whole mails"] == 50
