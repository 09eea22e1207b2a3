"""An empty Faust agent: SERVERS TOPIC COUNT; prints seconds, and seconds of the processor."""

import os
import sys
import time

import faust

servers, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
app = faust.App(
    f"peer-{time.time_ns()}",
    broker=f"kafka://{servers}",
    value_serializer="raw",
    consumer_auto_offset_reset="earliest",
    topic_disable_leader=True,
    web_enabled=False,
)


@app.agent(app.topic(topic, value_type=bytes))
async def handle(messages):
    """Take so many messages, then end the process: a worker ends in its own time."""
    taken, began, cpu = 0, 0.0, 0.0
    async for _message in messages:
        if not taken:
            began, cpu = time.monotonic(), time.process_time()
        taken += 1
        if taken == count:
            seconds, cpu_s = time.monotonic() - began, time.process_time() - cpu
            # Faust takes sys.stdout for its log.
            print("took", seconds, cpu_s, file=sys.__stdout__, flush=True)
            os._exit(0)


sys.argv = [sys.argv[0], "worker", "-l", "error"]
app.main()
