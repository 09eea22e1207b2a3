"""A line of a file is shown as far as its keys are known to be harmless."""

import time

import pytest

from stream.config.lines import shown_line


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("  password: hunter2, really", "  password: ***"),
        ("- {user: a, smtp_password: 'x y', port: 1}", "- {user: a, smtp_password: ***"),
        ("webhook_secret: whsec_abc", "webhook_secret: ***"),
        ("api-key: abc", "api-key: ***"),
        ("bearer_token: abc", "bearer_token: ***"),
        ("url: https://me:pass@example.org", "url: https://*******@example.org"),
        ("{url: https://a.example/T0/B1?k=2, x: 1}", "{url: https://a.example/*********, x: 1}"),
        ("Authorization: Bearer abc", "Authorization: ***"),
        ("password_file: /run/secrets/smtp", "password_file: /run/secrets/smtp"),
        ("title: the secret of success", "title: the secret of success"),
        ("pasword: hunter2", "pasword: ***"),
        ("{id: x, tokn: hunter2, kind: feed}", "{id: x, tokn: ***"),
        ("{pasword: [hunter2]}", "{pasword: ***"),
        ("pin: 123 456", "pin: ***"),
        ("password: {text: hunter2}", "password: ***"),
        ("headers: [Authorization: Bearer abcd]", "headers: ***"),
        ("headers: Authorization Bearer abcd", "headers: ***"),
        ("password:hunter2", "***"),
        ("{password:hunter2}", "{***"),
        ('{"pasword":"hunter2"}', '{"pasword":***'),
        ("- hunter2", "- ***"),
        ("host: smtp.example.org # hunter2", "host: smtp.example.org"),
        ("url: user:hunter2@host/alerts", "url: ***"),
        ("url: postgresql://user:hunter2@host/alerts", "url: ***"),
        ("url: https://h.example?token=abcd", "url: https://h.example***********"),
        ("url: https://me:pa/ss@example.org/x", "url: https://********@example.org/*"),
        ("bootstrap_servers: me:pw@kafka:9092", "bootstrap_servers: *****@kafka:9092"),
        ("sinks: {desk: {kind: email, host: a.example}}", "sinks: {desk: {kind: email, host: a.example}}"),
        ("when: {countries: [IR, Turkey], theme: arms}", "when: {countries: [IR, Turkey], theme: arms}"),
        ("  en: {triggers: [arms deal, 'a, b']}", "  en: {triggers: [arms deal, 'a, b']}"),
    ],
)
def test_given_a_line_with_a_secret_when_shown_then_the_secret_is_not(line: str, shown: str) -> None:
    assert shown_line([line], 1) == shown


FILE = """
headers:
  - "Authorization: Bearer hunter2"
  - hunter2
smtp_passwords:
- hunter2
pasword: |
  kind: hunter2
pasword: "abc
  kind: hunter2"
tokn:
  - hunter2
sources:
- id: wire
  tags:
    - sport
  hedaers:
    X-Key: hunter2
rules:
  - title: |
      Shown
    tests:
      expect: plainly
""".splitlines()


def test_given_lines_without_a_key_when_shown_then_the_keys_above_them_decide() -> None:
    shown = [shown_line(FILE, number) for number in range(1, len(FILE) + 1)]

    assert "hunter2" not in "\n".join(shown)
    assert {"    - sport", "      Shown", "      expect: plainly", "- id: wire"} <= set(shown)


@pytest.mark.parametrize("piece", ["a: ", "{", "- ", '"', "# ", "a, ", "x: {", ", ", ": ", "'a':"])
def test_given_a_line_of_repeats_when_shown_then_it_takes_no_time(piece: str) -> None:
    line = piece * (1_000_000 // len(piece))
    started = time.process_time()

    shown_line([line], 1)

    assert time.process_time() - started < 5
