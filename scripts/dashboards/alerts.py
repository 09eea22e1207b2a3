"""Alerts by rule, and what becomes of them at each sink."""

from dashboards.panel import Dashboard, Panel, Row

_OF_SINK = 'sink=~"$sink"'

ALERTS = Dashboard(
    "wirewatch-alerts",
    "Wirewatch: alerts and sinks",
    [
        Row(
            "Alerts",
            [
                Panel(
                    "By rule, an hour",
                    {"{{rule}}": "topk(20, rule:wirewatch_rule_matches:increase1h)"},
                    kind="bargauge",
                ),
                Panel(
                    "By severity and status, an hour",
                    {
                        "{{severity}}, {{status}}": "sum by (severity, status) "
                        "(increase(wirewatch_alerts_total[1h]))"
                    },
                    stacked=True,
                ),
                Panel(
                    "Rules: since the last match",
                    {
                        "{{rule}}": "topk(20, time() - max by (rule) "
                        "(wirewatch_rule_last_match_timestamp_seconds))"
                    },
                    "s",
                    "bargauge",
                ),
            ],
        ),
        Row(
            "Sinks",
            [
                Panel(
                    "Waiting", {"{{sink}}": f"sink:wirewatch_outbox_pending:max{{{_OF_SINK}}}"}, stacked=True
                ),
                Panel(
                    "Oldest waiting",
                    {"{{sink}}": f"sink:wirewatch_outbox_oldest_seconds:max{{{_OF_SINK}}}"},
                    "s",
                    bad_from=900,
                ),
                Panel(
                    "Attempts",
                    {"{{sink}}: {{outcome}}": f"sink_outcome:wirewatch_deliveries:rate5m{{{_OF_SINK}}}"},
                    "cps",
                ),
                Panel(
                    "Share of attempts that failed",
                    {"{{sink}}": f"sink:wirewatch_deliveries:failure_ratio15m{{{_OF_SINK}}}"},
                    "percentunit",
                    bad_from=0.5,
                ),
                Panel(
                    "An attempt takes, nine of ten",
                    {"{{sink}}": f"sink:wirewatch_delivery_send_seconds:p90_15m{{{_OF_SINK}}}"},
                    "s",
                ),
                Panel(
                    "Since the last delivery",
                    {
                        "{{sink}}": "time() - max by (sink) "
                        f"(wirewatch_sink_last_delivery_timestamp_seconds{{{_OF_SINK}}})"
                    },
                    "s",
                    "bargauge",
                ),
                Panel(
                    "Left alone",
                    {
                        "{{sink}} paused": f"max by (sink) (wirewatch_sink_paused{{{_OF_SINK}}})",
                        "{{sink}} disabled": f"max by (sink) (wirewatch_sink_disabled{{{_OF_SINK}}})",
                    },
                ),
                Panel(
                    "Dead letters, an hour",
                    {
                        "{{kind}}: {{reason}}": "sum by (kind, reason) "
                        "(increase(wirewatch_dead_letters_total[1h]))"
                    },
                ),
                Panel(
                    "Sent again without knowing, an hour",
                    {
                        "{{sink}}": "sum by (sink) "
                        f"(increase(wirewatch_delivery_uncertain_total{{{_OF_SINK}}}[1h]))"
                    },
                    about="A crash hid whether the first try had arrived; the repeat has the same key.",
                ),
            ],
        ),
    ],
    {"sink": "wirewatch_outbox_pending, sink"},
)
