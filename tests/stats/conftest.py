import pytest



@pytest.fixture
def stats(tmp_path):
    directory = tmp_path / "stats"
    directory.mkdir()
    return directory
