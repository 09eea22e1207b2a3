import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.annotate import forms
from ingest.annotate.forms import FormIndex
from stream.text.fold import fold, fold_term

_STEMS = ("Norwegen", "Litauen", "Ungarn", "노르웨이", "인도 네시아", "النرويج", "New Gotham")
_ENDINGS = ("", "s", "er", "가", "에서", "isches")
_PROCLITICS = ("", "و", "بال", "x")


@pytest.fixture
def _any_number_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "_FEWEST", 0)


@pytest.mark.usefixtures("_any_number_pays")
@given(
    st.lists(
        st.tuples(st.sampled_from(_PROCLITICS), st.sampled_from(_STEMS), st.sampled_from(_ENDINGS)).map(
            "".join
        ),
        max_size=30,
        unique=True,
    ),
    st.lists(
        st.tuples(
            st.sampled_from(_PROCLITICS), st.sampled_from((*_STEMS, "a")), st.sampled_from(_ENDINGS)
        ).map("".join),
        max_size=12,
    ).map(" ".join),
)
@settings(max_examples=150, deadline=None)
def test_given_forms_when_scanned_then_exactly_those_that_stand_there_are_found(
    names: list[str], text: str
) -> None:
    terms = list(dict.fromkeys(map(fold_term, names)))
    data = fold(text).data

    found = FormIndex(terms).scan(data)

    wanted = [
        (place + 1, -(place + len(term) - 1), terms.index(term))
        for term in terms
        for place in range(len(data))
        if data.startswith(term, place)
    ]
    assert found == sorted(wanted)


def test_given_a_glued_form_when_scanned_then_it_is_found_inside_letters() -> None:
    index = FormIndex([b"kambodscha", b" peru "])

    assert index.scan(b" inkambodschas peru ") == [(3, -13, 0), (15, -19, 1)]
