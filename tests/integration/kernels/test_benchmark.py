"""The kernel benchmark's sections run to their end on a few kernels; their figures mean nothing here."""

from collections.abc import Iterator

import pytest

from benchmarks import _kernels_crowd, _kernels_output, _kernels_readopt, _kernels_rtt, _kernels_start, _kernels_storm
from benchmarks._kernels_section import Scale
from benchmarks._kernels_servers import WITH_NODELAY, Site, our_server, plain_server

pytestmark = [pytest.mark.long, pytest.mark.docker]

#: the crowd's base is taken at five kernels
FEW = Scale(rounds=1, cells=1, crowd=6, storm=2, survivors=2, output_mb=1)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """One server for all sections; the last one kills it."""
    with our_server(0) as site:
        yield site


async def test_kernels_side_by_side_with_a_plain_server(site: Site) -> None:
    [learner] = await site.enroll(1)
    with plain_server(_kernels_output.UNLIMITED_PLAIN + WITH_NODELAY) as plain:
        assert await _kernels_start.first_result(plain) > 0
        times = await _kernels_rtt.alternate({"plain_s": plain, "ours_s": learner}, FEW.cells)
        assert {name: len(values) for name, values in times.items()} == {"plain_s": 1, "ours_s": 1}
        assert len(await _kernels_output.print_all(plain, FEW.output_mb, 1)) == 1


async def test_a_crowd(site: Site) -> None:
    found = await _kernels_crowd.run(site, FEW)
    assert found.raw["failures"] == []
    assert found.figures["live_kernels"] == FEW.crowd
    assert 10 < found.figures["kernel_mb"] < 128


async def test_a_storm(site: Site) -> None:
    each, failures, _ = await _kernels_storm.storm(site, FEW.storm)
    assert (len(each), failures) == (FEW.storm, [])
    each, _ = await _kernels_storm.bare_storm(1, 1)
    assert len(each) == 1


async def test_kernels_come_back(site: Site) -> None:
    found = await _kernels_readopt.run(site, FEW.survivors)
    assert found.raw["kernels"] == FEW.survivors
