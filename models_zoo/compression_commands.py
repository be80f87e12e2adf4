"""``python -m models_zoo compress`` and ``report``: stored versions in other forms, and what each costs."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from models_zoo.manifest import Manifest, Metric
from models_zoo.measurements import Latency, latencies
from models_zoo.store import ModelStore

DECOMPOSITIONS = ("cp", "tucker", "tensor_train", "tensor_ring")
TARGETS = ("q_lin", "k_lin", "v_lin", "out_lin", "lin1", "lin2")
MEASURED_TEXTS = 20

Command = Callable[[str, Callable[[argparse.Namespace], None], str], argparse.ArgumentParser]
console = Console()


def add_commands(command: Command) -> None:
    compress = command("compress", _compress, "publish a version in another form, taught by itself")
    compress.add_argument("--version", help="default: the current one")
    compress.add_argument("--decomposition", choices=DECOMPOSITIONS, default="cp")
    compress.add_argument("--rank", type=int, default=2)
    compress.add_argument(
        "--targets", nargs="+", choices=TARGETS, default=["q_lin", "v_lin", "out_lin", "lin2"]
    )
    compress.add_argument("--threads", type=int, default=1)
    report = command("report", _report, "size, parameters, quality and latency of every stored version")
    report.add_argument("--measure", action="store_true", help="measure the latency of all of them first")
    report.add_argument("--threads", type=int, default=1)


def _compress(options: argparse.Namespace) -> None:
    import torch

    from models_zoo.training import TrainingConfig, compare, compress_understanding, load_corpus, split

    torch.set_num_threads(options.threads)
    store = ModelStore(options.store)
    parent = options.version or store.current() or store.ensure_demo()
    parts = split(load_corpus())
    with _bar() as progress:
        version = compress_understanding(
            parts.train,
            held_out=parts.held_out,
            config=TrainingConfig.compressed(
                adapter=options.decomposition, rank=options.rank, targets=tuple(options.targets)
            ),
            progress=progress,
            cancelled=lambda: False,
            parent=parent,
            store=store,
            lineage={"compressed_from": parent},
        )
        compared = compare(store, (parent, version), parts.held_out, passes=5)
    table = Table("metric", "parent", "new", "difference (95 % interval)")
    for name, difference in compared.difference.items():
        old, new = compared.old[name].value, compared.new[name].value
        table.add_row(name, f"{old:.3f}", f"{new:.3f}", _shown(difference))
    console.print(table)
    console.print(version)


def _report(options: argparse.Namespace) -> None:
    store = ModelStore(options.store)
    if options.measure:
        _measure(store, options.threads)
    known = latencies(store.root)
    table = Table(
        "",
        "version",
        "method",
        "trained parameters",
        "bytes",
        "question type, accuracy",
        "p50 ms",
        "x encoder",
    )
    for manifest in store.versions():
        mark = "current" if manifest.version == store.current() else ""
        table.add_row(mark, *_cells(manifest, known.get(manifest.version)))
    console.print(table)


def _cells(manifest: Manifest, latency: Latency | None) -> tuple[str, ...]:
    details = manifest.compression
    method = f"{details.get('decomposition', details.get('method', ''))} {details.get('rank', '')}".strip()
    return (
        manifest.version,
        method,
        f"{details.get('trainable_parameters', 0):,}",
        f"{sum(file.size_bytes for file in manifest.files.values()):,}",
        _shown(manifest.metrics.get("question_type_accuracy")),
        f"{latency.p50_ms:.0f}" if latency else "not measured",
        f"{latency.ratio:.2f}" if latency else "",
    )


def _measure(store: ModelStore, threads: int) -> None:
    import torch

    from models_zoo.serving.latency import measure_latency
    from models_zoo.training import load_corpus, split

    torch.set_num_threads(threads)
    texts = [example.text for example in split(load_corpus()).held_out[:MEASURED_TEXTS]]
    for manifest in store.versions():
        measure_latency(store, manifest.version, texts)


@contextmanager
def _bar() -> Iterator[Callable[[float, str], None]]:
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda share, message: bar.update(task, completed=share, description=message)


def _shown(metric: Metric | None) -> str:
    return f"{metric.value:.3f} ({metric.low:.3f} to {metric.high:.3f})" if metric else "not scored"
