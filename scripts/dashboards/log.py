"""The log between the halves: lag, speed, size."""

from dashboards.panel import RATE, Dashboard, Panel, Row

LOG = Dashboard(
    "wirewatch-log",
    "Wirewatch: log and lag",
    [
        Row(
            "Reading",
            [
                Panel("Articles waiting", {"{{group}}": "group:wirewatch_lag_records:sum"}),
                Panel(
                    "Waiting, by partition",
                    {"{{group}} {{partition}}": "group_partition:wirewatch_lag_records:max"},
                ),
                Panel(
                    "Read", {"{{result}}": "result:wirewatch_records_consumed:rate5m"}, "cps", stacked=True
                ),
                Panel("Matching one article, mean", {"all": "wirewatch:match_seconds:mean5m"}, "s"),
                Panel(
                    "Matching one article, 99 of 100",
                    {
                        "all": "histogram_quantile(0.99, "
                        f"sum by (le) (rate(wirewatch_match_seconds_bucket{RATE})))"
                    },
                    "s",
                ),
                Panel(
                    "Rounds that failed, an hour",
                    {"{{loop}}": "sum by (loop) (increase(wirewatch_loop_failures_total[1h]))"},
                ),
            ],
        ),
        Row(
            "Writing",
            [
                Panel(
                    "Appended",
                    {"{{outcome}}": f"sum by (outcome) (rate(wirewatch_events_appended_total{RATE}))"},
                    "cps",
                    stacked=True,
                ),
                Panel("An append takes, 99 of 100", {"all": "wirewatch:append_seconds:p99_5m"}, "s"),
                Panel(
                    "A transaction takes, 99 of 100",
                    {
                        "{{database}}": "histogram_quantile(0.99, "
                        f"sum by (database, le) (rate(wirewatch_commit_seconds_bucket{RATE})))"
                    },
                    "s",
                ),
                Panel("Readable", {"{{instance}}": "wirewatch_log_readable"}, bad_below=1),
            ],
        ),
        Row(
            "Size",
            [
                Panel("Records", {"{{instance}}": "wirewatch_log_records"}),
                Panel(
                    "Files",
                    {"log {{instance}}": "wirewatch_log_bytes", "wal {{instance}}": "wirewatch_wal_bytes"},
                    "bytes",
                ),
                Panel(
                    "Oldest record", {"{{instance}}": "time() - wirewatch_log_oldest_timestamp_seconds"}, "s"
                ),
            ],
        ),
        Row(
            "Kafka, where configured",
            [
                Panel(
                    "Published from the local log",
                    {"{{outcome}}": f"sum by (outcome) (rate(wirewatch_events_forwarded_total{RATE}))"},
                    "cps",
                ),
                Panel(
                    "Oldest message not acknowledged",
                    {"{{instance}}": "wirewatch_producer_oldest_unacked_seconds"},
                    "s",
                    bad_from=60,
                ),
                Panel(
                    "Positions lost, an hour",
                    {"{{reason}}": "sum by (reason) (increase(wirewatch_position_lost_total[1h]))"},
                ),
            ],
        ),
    ],
    {},
)
