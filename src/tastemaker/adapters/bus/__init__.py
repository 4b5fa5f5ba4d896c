"""The bus: a log in an SQLite file, Kafka, Redis Streams."""
