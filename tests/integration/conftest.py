import shutil
from collections.abc import Iterator

import pytest

from tests.cast import Cast
from tests.integration.label_studio_server import LEGACY_TOKEN, LabelStudioProcess, migrated_template
from tests.integration.label_studio_world import save


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabelStudioProcess]:
    data = tmp_path_factory.mktemp("label-studio") / "data"
    shutil.copytree(migrated_template(), data)
    with LabelStudioProcess(data) as running:
        yield running


@pytest.fixture
def connected(cast: Cast, studio: LabelStudioProcess) -> Cast:
    save(cast, studio.url, LEGACY_TOKEN)
    return cast
