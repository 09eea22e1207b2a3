"""Wiring of the sinks, each with the schedule its kind is retried on."""

import os
import sys

from alerts.lane import Channel
from alerts.render import Renderer
from alerts.schedule import EMAIL, LOCAL, WEBHOOK
from alerts.sinks import Sink
from alerts.sinks.console import ConsoleConfig, ConsoleSink
from alerts.sinks.email import EmailConfig, EmailSink
from alerts.sinks.file import FileConfig, FileSink
from alerts.sinks.kafka import KafkaSink, KafkaSinkConfig
from alerts.sinks.nowhere import NowhereConfig, NowhereSink
from alerts.sinks.webhook import WebhookConfig, WebhookSink
from stream.private import make_private_folder
from stream.timing import Clock, utc_now
from wirewatch.configuration import AnySink
from wirewatch.settings import Settings

_LOCAL_SENDS = 16  # at once: what is sent together is settled in one transaction


def new_channel(name: str, config: AnySink, settings: Settings, clock: Clock = utc_now) -> Channel:
    """Make a sink, with the schedule its kind is retried on."""
    match config:
        case ConsoleConfig():
            return Channel(new_console(name), LOCAL, _LOCAL_SENDS)
        case FileConfig():
            make_private_folder(config.path.parent)
            return Channel(FileSink(name, config.path), LOCAL, _LOCAL_SENDS)
        case EmailConfig():
            return Channel(
                EmailSink(name, config, Renderer(public_url=settings.web.public_url)),
                EMAIL,
                config.concurrency,
            )
        case KafkaSinkConfig():
            return Channel(KafkaSink(name, config), LOCAL, _LOCAL_SENDS)
        case WebhookConfig():
            return Channel(WebhookSink(name, config, settings.net, clock), WEBHOOK, config.concurrency)
        case NowhereConfig():
            return Channel(NowhereSink(name), LOCAL, _LOCAL_SENDS)


def new_console(name: str) -> Sink:
    """Make the sink on standard output: blocks on a terminal, in colour unless NO_COLOR says no."""
    is_terminal = sys.stdout.isatty()
    return ConsoleSink(
        name, sys.stdout, block=is_terminal, color=is_terminal and "NO_COLOR" not in os.environ
    )
