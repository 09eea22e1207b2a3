"""An empty FastStream handler: SERVERS TOPIC COUNT; prints seconds, and seconds of the processor."""

import asyncio
import sys
import time

from faststream.kafka import KafkaBroker


async def main(servers: str, topic: str, count: int) -> None:
    """Take so many messages."""
    broker, done = KafkaBroker(servers, logger=None), asyncio.Event()
    taken, began, cpu = 0, 0.0, 0.0

    @broker.subscriber(topic, group_id=f"peer-{time.time()}", auto_offset_reset="earliest", no_reply=True)
    async def handle(_message: bytes) -> None:
        nonlocal taken, began, cpu
        if not taken:
            began, cpu = time.monotonic(), time.process_time()
        taken += 1
        if taken == count:
            done.set()

    await broker.start()
    await done.wait()
    print("took", time.monotonic() - began, time.process_time() - cpu)
    await broker.stop()


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
