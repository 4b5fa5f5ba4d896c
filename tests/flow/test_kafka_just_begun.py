"""How far the groups have read, of a broker that has only just begun and coordinates none yet."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

from confluent_kafka import TopicPartition

from tastemaker.adapters.bus.kafka_cluster import KafkaCluster, KafkaLimits
from tastemaker.roles.apart import run_apart
from tests.flow.own_kafka import OwnKafka

N_GROUPS = 30
N_TIMES = 10


def test_what_many_groups_have_read_is_told_and_the_process_lives(kafka: OwnKafka) -> None:
    assert run_apart(_lags, kafka.url) == [0] * N_GROUPS * N_TIMES


def _lags(url: str) -> list[int]:
    limits = KafkaLimits(
        n_partitions=1, n_replicas=1, keep_s=60.0, timeout_s=60.0, session_timeout_s=10.0
    )
    groups = [f"group{number}" for number in range(N_GROUPS)] * N_TIMES
    with closing(KafkaCluster(url, limits)) as cluster, ThreadPoolExecutor(N_GROUPS) as pool:
        read = pool.map(partial(cluster.committed, [TopicPartition("events", 0)]), groups)
        return [offset for each in read for offset in each.values()]
