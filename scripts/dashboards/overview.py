"""The first page: is all well, and if not, where to look."""

from dashboards.panel import RATE, Dashboard, Panel, Row, stat

NOW = Row(
    "Now",
    [
        stat("Processes up", 'sum(up{job="wirewatch"})', bad_below=1, width=3),
        stat(
            "Checks that say no",
            'count(wirewatch_ready{check!="draining"} == 0) or vector(0)',
            bad_from=1,
            width=3,
        ),
        stat(
            "Alerts for operators",
            'count(ALERTS{alertname=~"Wirewatch.+", alertstate="firing"}) or vector(0)',
            bad_from=1,
            width=3,
        ),
        stat("Articles waiting", "sum(group:wirewatch_lag_records:sum)", bad_from=1000, width=3),
        stat(
            "Oldest undelivered", "max(sink:wirewatch_outbox_oldest_seconds:max)", "s", bad_from=900, width=3
        ),
        stat("Dead letters, 24 h", "sum(increase(wirewatch_dead_letters_total[24h]))", bad_from=1, width=3),
        stat(
            "Canary came through",
            'time() - max(wirewatch_sink_last_delivery_timestamp_seconds{sink="canary"})',
            "s",
            bad_from=3600,
            width=3,
            about="How long ago. No data where the canary is switched off.",
        ),
        stat("Configuration sound", "min(wirewatch_config_last_reload_successful)", bad_below=1, width=3),
    ],
)

OVERVIEW = Dashboard(
    "wirewatch-overview",
    "Wirewatch: overview",
    [
        NOW,
        Row(
            "Flow",
            [
                Panel(
                    "Items by what became of them",
                    {"{{state}}": "sum by (state) (source_state:wirewatch_items_settled:rate5m)"},
                    "cps",
                    width=6,
                    stacked=True,
                ),
                Panel(
                    "Articles matched",
                    {"{{result}}": "result:wirewatch_records_consumed:rate5m"},
                    "cps",
                    width=6,
                    stacked=True,
                ),
                Panel(
                    "Live alerts, an hour",
                    {
                        "{{severity}}": "sum by (severity) "
                        '(increase(wirewatch_alerts_total{status="live"}[1h]))'
                    },
                    width=6,
                    stacked=True,
                ),
                Panel(
                    "Attempts to deliver",
                    {"{{outcome}}": "sum by (outcome) (sink_outcome:wirewatch_deliveries:rate5m)"},
                    "cps",
                    width=6,
                    stacked=True,
                ),
            ],
        ),
        Row(
            "How late",
            [
                Panel(
                    "From publication to alert",
                    {
                        "half": "wirewatch:alert_lag_seconds:p50_1h",
                        "nine of ten": "wirewatch:alert_lag_seconds:p90_1h",
                    },
                    "s",
                    width=12,
                ),
                Panel("Articles waiting", {"{{group}}": "group:wirewatch_lag_records:sum"}, width=12),
            ],
        ),
        Row(
            "Processes",
            [
                Panel(
                    "CPU",
                    {"{{instance}}": f'rate(process_cpu_seconds_total{{job="wirewatch"}}{RATE})'},
                    "percentunit",
                    width=6,
                ),
                Panel(
                    "Memory",
                    {"{{instance}}": 'process_resident_memory_bytes{job="wirewatch"}'},
                    "bytes",
                    width=6,
                ),
                Panel("Room on the disk", {"{{instance}}": "wirewatch_state_free_bytes"}, "bytes", width=6),
                Panel(
                    "Loop failures, a quarter of an hour",
                    {"{{loop}}": "sum by (loop) (increase(wirewatch_loop_failures_total[15m]))"},
                    width=6,
                ),
            ],
        ),
    ],
    {},
)
