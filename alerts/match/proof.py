"""What evaluating a clause comes to: where it holds, and the stretches of text that prove it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from alerts.watchlist.clauses import Clause, Label, Not


@dataclass(frozen=True, slots=True)
class Proof:
    """A stretch of the event that proves a clause: characters of `field`, in the sentence of `place`.

    A filter's place is OUTSIDE: its `field` holds no sentences.
    """

    clause: str
    place: int
    field: str
    start: int
    end: int
    countries: tuple[str, ...] = ()
    theme: str | None = None
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a clause holds: `everywhere` (it is bound to no sentence), or in the sentences of `places`.

    A clause that is bound to no sentence keeps in `places` where it was found.
    """

    clause: Clause
    everywhere: bool
    places: Mapping[int, tuple[Proof, ...]] = field(default_factory=dict)
    parts: tuple["Verdict", ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the clause holds for the event."""
        return self.everywhere or bool(self.places)

    def holds_at(self, place: int | None) -> bool:
        """Whether it holds in that sentence, or anywhere for None."""
        return self.everywhere or place in self.places or (place is None and bool(self.places))


def proofs_at(verdict: Verdict, place: int | None = None) -> list[Proof]:
    """The proofs of every positive leaf, in the sentence asked for or else in the best one.

    A leaf that is bound to no sentence proves itself there if it can, and by its own best place if not.
    """
    if isinstance(verdict.clause, Not) or not verdict.holds_at(place):
        return []
    if place is None and not verdict.everywhere:
        place = min(verdict.places)
    if verdict.parts:
        return [proof for part in verdict.parts for proof in proofs_at(part, place)]
    chosen = place if place in verdict.places else min(verdict.places, default=None)
    return [] if chosen is None else list(verdict.places[chosen])
