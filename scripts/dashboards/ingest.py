"""Sources: what comes in, what does not, and how long it takes."""

from dashboards.panel import RATE, Dashboard, Panel, Row

_OF_SOURCE = 'source=~"$source"'

INGEST = Dashboard(
    "wirewatch-ingest",
    "Wirewatch: ingest by source",
    [
        Row(
            "Sources",
            [
                Panel(
                    "Sources by status",
                    {"{{status}}": "sum by (status) (wirewatch_source_status)"},
                    stacked=True,
                ),
                Panel(
                    "Silence: since the last new article",
                    {"{{source}}": f"topk(15, source:wirewatch_source_silence_seconds:min{{{_OF_SOURCE}}})"},
                    "s",
                    "bargauge",
                ),
                Panel(
                    "Not well",
                    {
                        "{{source}}: {{status}}": "max by (source, status) "
                        f'(wirewatch_source_status{{{_OF_SOURCE}, status!~"ok|new|disabled"}})'
                    },
                ),
                Panel(
                    "New articles, an hour",
                    {
                        "{{source}}": "sum by (source) "
                        f'(increase(wirewatch_items_settled_total{{{_OF_SOURCE}, state="new"}}[1h]))'
                    },
                    stacked=True,
                ),
                Panel(
                    "Rejected items, an hour",
                    {
                        "{{source}}: {{reason}}": "sum by (source, reason) "
                        f'(increase(wirewatch_items_settled_total{{{_OF_SOURCE}, state="rejected"}}[1h]))'
                    },
                    stacked=True,
                ),
                Panel(
                    "Items handed over",
                    {"{{source}}": f"sum by (source) (rate(wirewatch_items_in_total{{{_OF_SOURCE}}}{RATE}))"},
                    "cps",
                ),
            ],
        ),
        Row(
            "Polls and fetches",
            [
                Panel(
                    "Polls by what they came to",
                    {"{{outcome}}": "outcome:wirewatch_polls:rate5m"},
                    "cps",
                    stacked=True,
                ),
                Panel(
                    "A poll takes, nine of ten",
                    {
                        "{{kind}}": "histogram_quantile(0.9, "
                        f"sum by (kind, le) (rate(wirewatch_poll_seconds_bucket{RATE})))"
                    },
                    "s",
                ),
                Panel(
                    "Polls that did not take place, an hour",
                    {"{{cause}}": "sum by (cause) (increase(wirewatch_poll_jobs_lost_total[1h]))"},
                ),
                Panel(
                    "Fetches over HTTP",
                    {"{{outcome}}": f"sum by (outcome) (rate(wirewatch_fetches_total{RATE}))"},
                    "cps",
                    stacked=True,
                ),
                Panel(
                    "A fetch takes, nine of ten",
                    {
                        "all": "histogram_quantile(0.9, "
                        f"sum by (le) (rate(wirewatch_fetch_seconds_bucket{RATE})))"
                    },
                    "s",
                ),
                Panel("Fetched", {"all": f"sum(rate(wirewatch_fetched_bytes_total{RATE}))"}, "Bps"),
            ],
        ),
        Row(
            "Under way",
            [
                Panel("Items in flight", {"items": "sum(wirewatch_items_in_flight)"}),
                Panel("Polls running", {"polls": "sum(wirewatch_polls_running)"}),
                Panel(
                    "Refused or lost, an hour",
                    {
                        "refused: {{reason}}": "sum by (reason) "
                        "(increase(wirewatch_hand_overs_refused_total[1h]))",
                        "worker: {{reason}}": "sum by (reason) (increase(wirewatch_workers_lost_total[1h]))",
                    },
                ),
            ],
        ),
    ],
    {"source": "wirewatch_source_status, source"},
)
