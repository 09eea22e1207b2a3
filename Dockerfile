# Wirewatch's image: the wheel and its pinned dependencies in a virtual environment, nothing to build with.
# The Python is the one that tests run on. Build: docker build -t wirewatch:local .
FROM python:3.11.14-slim-trixie AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/wirewatch
# Dependencies first: a change of our code leaves this layer as it is.
COPY requirements/run.txt requirements/build.txt requirements/
RUN /opt/wirewatch/bin/pip install --no-deps --require-hashes --requirement requirements/run.txt
# The tools that build the wheel are pinned too, and stay behind in an environment of their own.
RUN python -m venv /tools && /tools/bin/pip install --no-deps --require-hashes --requirement requirements/build.txt
COPY pyproject.toml README.md ./
COPY stream stream
COPY ingest ingest
COPY alerts alerts
COPY wirewatch wirewatch
RUN /tools/bin/pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && /opt/wirewatch/bin/pip install --no-deps dist/*.whl

FROM python:3.11.14-slim-trixie

RUN groupadd --gid 10001 wirewatch \
    && useradd --uid 10001 --gid wirewatch --no-create-home --home-dir /var/lib/wirewatch wirewatch \
    && install --directory --owner=wirewatch --group=wirewatch --mode=0700 /var/lib/wirewatch
COPY --from=build /opt/wirewatch /opt/wirewatch
COPY config /etc/wirewatch
ENV PATH=/opt/wirewatch/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    WIREWATCH_CONFIG_DIR=/etc/wirewatch \
    WIREWATCH_STATE_DIR=/var/lib/wirewatch \
    WIREWATCH_LOG__FORMAT=json
USER 10001:10001
WORKDIR /var/lib/wirewatch
VOLUME /var/lib/wirewatch
EXPOSE 8080
# Whether the process answers; whether it does its work is /readyz, for who starts others after it.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
# It drains on SIGTERM within ten seconds.
STOPSIGNAL SIGTERM
ENTRYPOINT ["wirewatch"]
CMD ["run"]
