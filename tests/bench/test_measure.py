from bench.evaluate.measure import body_score, is_same_title, overlap, rate


def test_given_equal_texts_when_measured_then_all_is_one_however_letters_are_composed() -> None:
    same = overlap("Die nördliche Mole wird gebaut", "Die no\u0308rdliche Mole wird gebaut")

    assert (same.precision, same.recall, same.f1) == (1.0, 1.0, 1.0)


def test_given_twice_the_text_when_measured_then_recall_is_whole_and_precision_is_not() -> None:
    found = overlap("one two three four five", "one two three four five six seven eight nine ten")

    assert found.recall == 1.0
    assert found.precision == 2 / 7


def test_given_no_text_found_when_measured_then_precision_has_no_meaning_and_recall_is_none() -> None:
    found = overlap("one two three four", "")

    assert (found.precision, found.recall, found.f1) == (None, 0.0, 0.0)
    assert overlap("", "").f1 == 1.0


def test_given_documents_when_scored_then_the_interval_holds_the_value() -> None:
    documents = [
        overlap("a b c d e", "a b c d e"),
        overlap("a b c d e", "x y z w v"),
        overlap("a b c d", "a b c d q"),
    ]

    score = body_score(documents)

    assert score.low <= score.value <= score.high
    assert score.documents == 3
    assert rate([]).documents == 0
    assert rate([True, True]).value == 1.0


def test_given_titles_when_compared_then_only_words_count() -> None:
    assert is_same_title("Fish &amp;amp; <b>Ships</b>!", "fish & ships")
    assert not is_same_title("Fish", None)
