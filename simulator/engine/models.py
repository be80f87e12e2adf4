"""Which model version serves: loaded beside the running one and swapped between two batches."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import structlog

from models_zoo.serving.predictor import Predictor, load_predictor
from models_zoo.serving.remote import RemotePredictor
from models_zoo.store import ModelStore

Load = Callable[[ModelStore, str], Predictor]
log = structlog.get_logger(__name__)


class ServingModel:
    """Follows the store's ``current`` pointer. A version that cannot be loaded leaves the running one."""

    def __init__(self, root: Path, load: Load = load_predictor) -> None:
        self._store = ModelStore(root)
        self._load = load
        self._loader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model-loader")
        self._loading: Future[Predictor] | None = None
        self._wanted: str | None = None
        self.predictor: Predictor | None = None

    @property
    def version(self) -> str:
        """The name of what serves, or an empty string."""
        return self.predictor.version if self.predictor is not None else ""

    def start(self) -> None:
        """Load the current version now, installing the shipped one into an empty store."""
        self._store.ensure_demo()
        self.follow()
        if self._loading is not None:
            self._loading.exception()
        self.follow()

    def follow(self) -> None:
        """Begin to load a newly activated version, or take over one that is loaded. Never waits."""
        if self._loading is not None and self._loading.done():
            self._take_over(self._loading)
            self._loading = None
        current = self._store.current()
        if current and current != self._wanted and self._loading is None:
            self._wanted = current
            self._loading = self._loader.submit(self._load, self._store, current)

    def _take_over(self, loading: "Future[Predictor]") -> None:
        error = loading.exception()
        if error is not None:
            log.error("model_not_loaded", version=self._wanted, error=str(error))
            return
        self.predictor = loading.result()
        log.info("model_serving", version=self.predictor.version)


def loader(url: str) -> Load:
    """In this process, or at the replicas that ``url`` names."""
    if not url:
        return load_predictor
    return lambda _store, version: RemotePredictor(url, version).load()
