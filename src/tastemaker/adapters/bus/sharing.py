"""How the members of a group share the partitions of their topics."""

from collections.abc import Mapping

Place = tuple[str, int]
"""A topic and one of its partitions."""


def share(
    member_id: int, living: Mapping[int, frozenset[str]], n_partitions: int
) -> frozenset[Place]:
    """The places that fall to a member where all share alike. living: topics by member."""
    mine = set()
    for topic in living[member_id]:
        readers = sorted(one for one, topics in living.items() if topic in topics)
        first = readers.index(member_id)
        mine |= {(topic, part) for part in range(first, n_partitions, len(readers))}
    return frozenset(mine)
