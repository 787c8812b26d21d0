"""Settings of the Python tests."""

import pytest


@pytest.fixture
def anyio_backend():
    return "asyncio"
