"""Reading a page as a person does."""

import re
from http import HTTPStatus

from tests.wirewatch.web.asking import HTML, Answer

PAGES = ("/", "/alerts", "/sources", "/sources/wire", "/rules", "/rules/pact", "/rules/idea", "/dead-letters")

TAG = re.compile(r"<[^>]*>")


def words(answer: Answer) -> str:
    """What a person reads, on one line."""
    assert (answer.status, answer.kind) == (HTTPStatus.OK, HTML)
    return " ".join(TAG.sub(" ", answer.text).split())
