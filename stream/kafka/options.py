"""Where Apache Kafka is, how to be let in, and how topics are made."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from stream.untrusted.paths import PlainPath

TOPIC = r"^[A-Za-z0-9._-]{1,249}$"
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class TlsOptions(BaseModel):
    """TLS to the brokers. Without `ca_file` the system's authorities are trusted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = False
    ca_file: PlainPath | None = None
    cert_file: PlainPath | None = Field(
        default=None, description="our own certificate, where brokers ask for it"
    )
    key_file: PlainPath | None = None
    key_password: SecretStr | None = None


class SaslOptions(BaseModel):
    """Who we are. `token_file` is read anew for each connection, so that a token may be exchanged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mechanism: Literal["", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"] = ""
    username: str = ""
    password: SecretStr | None = None
    token_file: PlainPath | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.mechanism == "OAUTHBEARER" and self.token_file is None:
            raise ValueError("sasl.mechanism OAUTHBEARER needs sasl.token_file")
        is_by_password = self.mechanism not in {"", "OAUTHBEARER"}
        if is_by_password and not (self.username and self.password):
            raise ValueError(f"sasl.mechanism {self.mechanism} needs sasl.username and sasl.password")
        return self


class TopicOptions(BaseModel):
    """What `wirewatch kafka init` makes. 0 for replication: three copies, or as many as there are brokers.

    `min_insync` 0: one copy fewer than there are, so that one broker may be down; never less than one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    partitions: int = Field(default=8, ge=1, le=1_000)
    replication: int = Field(default=0, ge=0, le=7)
    min_insync: int = Field(default=0, ge=0, le=7)
    retention_days: float = Field(default=30, gt=0, le=36_500)
    retention_bytes: int | None = Field(
        default=None, ge=1, le=1 << 60, description="a partition; null: unbounded"
    )


class Connection(BaseModel):
    """How to reach a cluster and be let in."""

    # An error that quoted its input would print the password.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    bootstrap_servers: str = Field(default="", description="host:port, with commas")
    tls: TlsOptions = TlsOptions()
    sasl: SaslOptions = SaslOptions()
    connect_timeout_s: float = Field(default=5, gt=0, le=60)

    @model_validator(mode="after")
    def _keeps_secrets(self) -> Self:
        is_plain = self.sasl.mechanism in {"PLAIN", "OAUTHBEARER"} and not self.tls.enabled
        if is_plain and not all(_is_loopback(server) for server in self.bootstrap_servers.split(",")):
            raise ValueError(
                f"sasl.mechanism {self.sasl.mechanism} would send its secret in clear: set tls.enabled",
            )
        return self


class Writing(Connection):
    """How to publish: batches wait up to `linger_ms` for company; what is not acknowledged is sent again."""

    compression: Literal["zstd", "gzip", "none"] = "zstd"
    linger_ms: int = Field(default=5, ge=0, le=10_000)
    append_timeout_s: float = Field(default=30, gt=0, le=600)


class KafkaOptions(Writing):
    """Where Apache Kafka is. Empty servers: the embedded log.

    `member` names this process within its group for good (static membership), so that a restart within
    `session_timeout_s` moves no partitions: one name a process.
    """

    topic: str = Field(default="articles", pattern=TOPIC)
    member: str = Field(default="", pattern=r"^[A-Za-z0-9._-]{0,200}$")
    create: TopicOptions = TopicOptions()
    session_timeout_s: float = Field(default=45, ge=1, le=1_800)


def _is_loopback(server: str) -> bool:
    return server.strip().rpartition(":")[0] in _LOOPBACK
