"""The log on Apache Kafka, in its parts."""
