from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ingest.sharing.share import owner, shares

NAMES = st.sets(st.text("abcdef0123456789", min_size=1, max_size=8), min_size=1, max_size=12)


@given(sources=NAMES, members=NAMES)
def test_given_members_when_shared_then_every_source_belongs_to_exactly_one(
    sources: set[str], members: set[str]
) -> None:
    held = Counter(source for me in members for source in shares(sources, members, me))

    assert held == Counter(sources)


@given(sources=NAMES, members=NAMES, leaver=st.data())
def test_given_one_that_leaves_when_shared_anew_then_only_its_sources_move(
    sources: set[str], members: set[str], leaver: st.DataObject
) -> None:
    gone = leaver.draw(st.sampled_from(sorted(members)))
    left = members - {gone}

    moved = {source for source in sources if left and owner(source, members) != owner(source, left)}

    assert moved == ({source for source in sources if owner(source, members) == gone} if left else set())


@given(sources=NAMES, members=NAMES, newcomer=st.text("xyz", min_size=1, max_size=4))
def test_given_one_that_joins_when_shared_anew_then_sources_move_to_it_alone(
    sources: set[str], members: set[str], newcomer: str
) -> None:
    moved = {source for source in sources if owner(source, members) != owner(source, members | {newcomer})}

    assert moved == shares(sources, members | {newcomer}, newcomer)


def test_given_many_sources_when_shared_by_four_then_each_has_about_a_quarter() -> None:
    sources = [f"source-{number}" for number in range(4_000)]

    counts = Counter(owner(source, ["a", "b", "c", "d"]) for source in sources)

    assert all(850 <= count <= 1_150 for count in counts.values()), counts


def test_given_nobody_known_to_live_when_shared_then_everything_is_mine() -> None:
    assert shares(["a", "b"], [], "me") == {"a", "b"}
