"""One Kafka broker that is its own controller."""

import contextlib
from pathlib import Path

from deploy.servers import process
from deploy.servers.maven import PACKAGES, fetch_jars
from deploy.servers.server import SOURCES

_LIMIT_S = 90.0
_CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qg"
_SETTINGS = """
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:{controller_port}
log.dirs={folder}/log.dirs
num.partitions=1
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
"""


class KafkaServer:
    name = "kafka"
    variable = "TASTEMAKER_TEST_KAFKA_URL"
    packages = PACKAGES

    def install(self, folder: Path) -> None:
        fetch_jars(SOURCES / "kafka" / "pom.xml", folder)

    def start(self, folder: Path, port: int) -> str:
        process.start(folder, self.prepared(folder, port), {})
        process.wait_until(lambda: answers(port), folder, _LIMIT_S)
        return f"kafka://127.0.0.1:{port}"

    def prepared(self, folder: Path, port: int, more: str = "") -> list[str]:
        """The command that starts it on a folder that is formatted now, keeping what it has.
        more: lines of settings, which overrule those of here."""
        (controller_port,) = process.free_ports(1)
        settings = folder / "server.properties"
        settings.write_text(
            _SETTINGS.format(port=port, controller_port=controller_port, folder=folder) + more
        )
        logging = SOURCES / "kafka" / "log4j2.properties"
        java = ["java", "-Xms256m", "-Xmx512m", "-XX:+UseSerialGC"]
        java += ["-cp", f"{folder}/libs/*", f"-Dlog4j2.configurationFile={logging}"]
        if not (folder / "log.dirs" / "meta.properties").exists():
            form = ["kafka.tools.StorageTool", "format", "--cluster-id", _CLUSTER_ID]
            process.run([*java, *form, "--config", settings])
        return [*java, "kafka.Kafka", str(settings)]

    def stop(self, folder: Path) -> None:
        process.stop(folder)

    def is_running(self, folder: Path) -> bool:
        return process.is_running(folder)


def answers(port: int) -> bool:
    if not process.listens(port):
        return False
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    client = AdminClient({"bootstrap.servers": f"127.0.0.1:{port}"})
    with contextlib.suppress(KafkaException):
        return bool(client.list_topics(timeout=2.0).brokers)
    return False
