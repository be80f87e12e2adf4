"""The command line of the models: build the corpus, train, score, and look after a store."""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from models_zoo.compression_commands import add_commands
from models_zoo.manifest import Metric
from models_zoo.store import DEMO, ModelStore

DEFAULT_STORE = Path("var") / "models"
console = Console()


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    options.run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models_zoo", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], None], text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        added.add_argument("--store", type=Path, default=DEFAULT_STORE, help="folder of the model store")
        return added

    command("corpus", _corpus, "rebuild the corpus from the hand-written lines and the grammar")
    command("demo", _demo, "install the shipped model where the store is empty")
    command("versions", _versions, "list the stored versions")
    train = command("train", _train, "train on the corpus and publish a version")
    train.add_argument("--demo", action="store_true", help="make it the model that ships with the package")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument(
        "--head-dropout", type=float, default=0.4, metavar="P", help="before the heads; default: 0.4"
    )
    train.add_argument(
        "--encoder-dropout", type=float, default=0.0, metavar="P", help="below the heads; default: none"
    )
    train.add_argument(
        "--token-masking",
        type=float,
        default=0.1,
        metavar="P",
        help="hiding a word piece of a training line; default: 0.1",
    )
    train.add_argument("--threads", type=int, default=1, help="CPU threads; part of what fixes the result")
    distil = command("distil", _distil, "let a version say from one pass what many dropout passes would")
    distil.add_argument("--version", help="default: the current one")
    distil.add_argument("--demo", action="store_true", help="the model that ships with the package, in place")
    distil.add_argument("--threads", type=int, default=1)
    evaluate = command("evaluate", _evaluate, "score a version on held-out lines, or on real teachers")
    evaluate.add_argument("--version", help="default: the current one")
    evaluate.add_argument("--mathdial", action="store_true", help="real teacher turns, see docs/models.md")
    evaluate.add_argument("--passes", type=int, default=10)
    evaluate.add_argument("--threads", type=int, default=2)
    evaluate.add_argument("--json", type=Path, help="write the figures to this file too")
    latency = command("latency", _latency, "time the reading of one utterance")
    latency.add_argument("--passes", type=int, default=30)
    latency.add_argument("--threads", type=int, default=1)
    latency.add_argument("--json", type=Path)
    add_commands(command)
    return parser


def _corpus(_: argparse.Namespace) -> None:
    from models_zoo.corpora.build import OUTPUT, build

    console.print(f"{build()} utterances in {OUTPUT}")


def _demo(options: argparse.Namespace) -> None:
    console.print(ModelStore(options.store).ensure_demo())


def _versions(options: argparse.Namespace) -> None:
    store = ModelStore(options.store)
    table = Table("", "version", "created", "question type, macro F1", "parent")
    for manifest in store.versions():
        metric = manifest.metrics.get("question_type_macro_f1")
        mark = "current" if manifest.version == store.current() else ""
        table.add_row(mark, manifest.version, manifest.created, _shown(metric), manifest.parent or "")
    console.print(table)


def _train(options: argparse.Namespace) -> None:
    import torch

    from models_zoo.training import TrainingConfig, load_corpus, split, train_understanding

    torch.set_num_threads(options.threads)
    parts = split(load_corpus())
    with tempfile.TemporaryDirectory() as scratch, _progress_bar() as progress:
        store = ModelStore(Path(scratch) if options.demo else options.store)
        version = train_understanding(
            parts.train,
            held_out=parts.held_out,
            config=TrainingConfig(
                seed=options.seed,
                head_dropout=options.head_dropout,
                encoder_dropout=options.encoder_dropout,
                token_masking=options.token_masking,
            ),
            progress=progress,
            cancelled=lambda: False,
            parent=None,
            store=store,
            lineage={"corpus": "models_zoo/corpora", "annotation_ids": [], "event_ids": []},
        )
        if options.demo:
            _ship(store.path(version))
        _print_metrics(store.manifest(version).metrics)
    console.print(version)


def _distil(options: argparse.Namespace) -> None:
    import torch

    from models_zoo.training import TrainingConfig, load_corpus, redistil_understanding, split

    torch.set_num_threads(options.threads)
    parts = split(load_corpus())
    with tempfile.TemporaryDirectory() as scratch, _progress_bar() as progress:
        store = ModelStore(Path(scratch) if options.demo else options.store)
        version = redistil_understanding(
            parts.train,
            held_out=parts.held_out,
            config=TrainingConfig(),
            progress=progress,
            cancelled=lambda: False,
            parent=options.version or store.current() or store.ensure_demo(),
            store=store,
        )
        if options.demo:
            _ship(store.path(version))
        _print_metrics(store.manifest(version).metrics)
    console.print(version)


def _ship(folder: Path) -> None:
    shutil.rmtree(DEMO, ignore_errors=True)
    shutil.copytree(folder, DEMO)


def _evaluate(options: argparse.Namespace) -> None:
    import torch

    from models_zoo.serving.predictor import load_predictor
    from models_zoo.training import evaluate, load_corpus, split
    from models_zoo.training.mathdial import mathdial_examples, mathdial_file

    torch.set_num_threads(options.threads)
    store = ModelStore(options.store)
    store.ensure_demo()
    predictor = load_predictor(store, options.version)
    examples = list(mathdial_examples(mathdial_file())) if options.mathdial else split(load_corpus()).held_out
    with _progress_bar() as progress:
        metrics = evaluate(
            predictor, examples, passes=options.passes, progress=lambda share: progress(share, "reading")
        )
    _print_metrics(metrics)
    _print_figures({name: metric.model_dump() for name, metric in metrics.items()}, options.json)


def _latency(options: argparse.Namespace) -> None:
    import torch

    from models_zoo.serving.predictor import load_predictor
    from models_zoo.training import load_corpus, split

    torch.set_num_threads(options.threads)
    store = ModelStore(options.store)
    store.ensure_demo()
    predictor = load_predictor(store)
    texts = [example.text for example in split(load_corpus()).held_out[:40]]
    predictor.understand(texts[:3], passes=options.passes)
    taken_ms = []
    for text in texts:
        started = time.perf_counter()
        predictor.understand([text], passes=options.passes)
        taken_ms.append((time.perf_counter() - started) * 1000)
    figures = {
        "passes": options.passes,
        "threads": options.threads,
        "p50_ms": round(median(taken_ms), 1),
        "p95_ms": round(quantiles(taken_ms, n=20)[-1], 1),
    }
    _print_figures(figures, options.json)


@contextmanager
def _progress_bar() -> Iterator[Callable[[float, str], None]]:
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda share, message: bar.update(task, completed=share, description=message)


def _print_metrics(metrics: dict[str, Metric]) -> None:
    table = Table("metric", "value (95 % interval)", "examples")
    for name, metric in metrics.items():
        table.add_row(name, _shown(metric), str(metric.n))
    console.print(table)


def _shown(metric: Metric | None) -> str:
    return f"{metric.value:.3f} ({metric.low:.3f} to {metric.high:.3f})" if metric else "not scored"


def _print_figures(figures: dict[str, Any], path: Path | None) -> None:
    """One line of JSON last, for scripts; in full also to a file."""
    text = json.dumps(figures)
    console.print(text, soft_wrap=True, highlight=False)
    if path is not None:
        path.write_text(text + "\n", encoding="utf-8")
