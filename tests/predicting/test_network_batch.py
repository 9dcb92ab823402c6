"""Pictures are answered together in whole chunks: their number decides bits."""

import pytest

from archbench.networks import classifier
from archbench.predicting import network


@pytest.mark.parametrize("side", [8, 32, 33, 72, 160, 1000])
def test_whole_chunks_and_no_more_pictures_than_are_read_at_once(side):
    size, chunk = network.batch((side, side, 3)), classifier.at_once(side, side)
    assert size % chunk == 0
    assert network.BATCH - chunk < size <= network.BATCH
