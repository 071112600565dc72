import pytest

from support.cluster import Cluster


@pytest.fixture
def new_cluster(tmp_path):
    """Makes a cluster of the test's own: new_cluster(nodes=2), started."""
    made = []

    def make(**options):
        made.append(Cluster(tmp_path, **options))
        return made[-1].start()

    yield make
    for one in made:
        one.close()
