"""The command line of the library: what methods there are, what they cost, and converting a folder."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from math import prod
from pathlib import Path

from rich.console import Console
from rich.table import Table
from safetensors import safe_open

console = Console()


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (OSError, ValueError) as error:
        sys.exit(f"compression: {error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m compression", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    listed = commands.add_parser("list", help="the methods and what each is for")
    listed.set_defaults(run=_list)

    describe = commands.add_parser("describe", help="a method's formula, and its counts for a map")
    describe.set_defaults(run=_describe)
    describe.add_argument("method")
    describe.add_argument("--shape", type=_shape, default=(768, 768), metavar="INxOUT")
    describe.add_argument("--ranks", nargs="+", type=int, default=[2, 4, 8])
    describe.add_argument("--order", type=int, default=2, help="modes that each side is split into")

    compress = commands.add_parser(
        "compress", help="convert a model folder, or an adapter's, to a new folder"
    )
    compress.set_defaults(run=_compress)
    compress.add_argument("folder", type=Path, help="a Hugging Face model, or a PEFT adapter")
    compress.add_argument("output", type=Path)
    compress.add_argument("--method", default="tensor_train")
    compress.add_argument("--rank", type=int, default=4)
    compress.add_argument("--targets", nargs="+", help="ends of layer names; an adapter's own when not given")
    compress.add_argument("--base", type=Path, help="folder of the model that the adapter belongs to")

    report = commands.add_parser("report", help="parameters and bytes of folders with safetensors files")
    report.set_defaults(run=_report)
    report.add_argument("folders", nargs="+", type=Path)
    return parser


def _shape(text: str) -> tuple[int, int]:
    try:
        inputs, outputs = (int(side) for side in text.lower().split("x"))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no shape; write it as 768x3072.") from error
    return inputs, outputs


def _list(_: argparse.Namespace) -> None:
    from compression.catalogue import DESCRIPTIONS

    table = Table("method", "what it is for", "parameters of one map")
    for name, description in DESCRIPTIONS.items():
        table.add_row(name, description.purpose, description.parameters)
    console.print(table)


def _describe(options: argparse.Namespace) -> None:
    from compression.catalogue import DESCRIPTIONS, counts
    from compression.decompositions import MapShape, decomposition_named

    decomposition_named(options.method)
    description = DESCRIPTIONS[options.method]
    inputs, outputs = options.shape
    shape = MapShape.automatic(inputs, outputs, options.order)
    console.print(f"[bold]{options.method}[/bold]: {description.purpose}", highlight=False)
    console.print(f"  an entry    {description.entry}", markup=False, highlight=False)
    console.print(f"  parameters  {description.parameters}", markup=False, highlight=False)
    console.print(
        f"  modes       {shape.in_modes} -> {shape.out_modes}; dense {shape.dense_parameters:,}",
        markup=False,
        highlight=False,
    )
    table = Table("rank", "parameters", "times smaller", "two thin matrices")
    for count in counts(options.method, shape, options.ranks):
        smaller = f"{count.times_smaller:,.1f}"
        table.add_row(str(count.rank), f"{count.parameters:,}", smaller, f"{count.low_rank_parameters:,}")
    console.print(table)


def _compress(options: argparse.Namespace) -> None:
    if options.output.exists() and any(options.output.iterdir()):
        raise ValueError(f"{options.output} is not empty; name a new folder.")
    if (options.folder / "adapter_config.json").is_file():
        _compress_adapter(options)
    else:
        _compress_model(options)
    _report(argparse.Namespace(folders=[options.folder, options.output]))


def _compress_adapter(options: argparse.Namespace) -> None:
    import peft
    from transformers import AutoModel

    from compression.adapter import TensorAdapterConfig
    from compression.conversion import deltas_of, project_deltas

    if options.base is None:
        raise ValueError("An adapter needs --base, the folder of the model that it belongs to.")
    given = peft.PeftModel.from_pretrained(
        AutoModel.from_pretrained(options.base, local_files_only=True), str(options.folder)
    )
    deltas = deltas_of(given)
    targets = options.targets or sorted({name.rpartition(".")[2] for name in deltas})
    config = TensorAdapterConfig(decomposition=options.method, rank=options.rank, target_modules=targets)
    model = peft.get_peft_model(AutoModel.from_pretrained(options.base, local_files_only=True), config)
    table = Table("layer", "relative error")
    for projection in project_deltas(model, deltas):
        table.add_row(projection.module, f"{projection.error:.4f}")
    console.print(table)
    model.save_pretrained(str(options.output))


def _compress_model(options: argparse.Namespace) -> None:
    from transformers import AutoModel

    from compression.replacement import replace_linear, save_replaced

    if not options.targets:
        raise ValueError("A model needs --targets, the ends of the names of the layers to replace.")
    model = AutoModel.from_pretrained(options.folder, local_files_only=True)
    replaced = replace_linear(model, targets=options.targets, decomposition=options.method, rank=options.rank)
    table = Table("layer", "relative error", "parameters before", "after")
    for layer in replaced:
        before, after = f"{layer.dense_parameters:,}", f"{layer.parameters:,}"
        table.add_row(layer.module, f"{layer.error:.4f}", before, after)
    console.print(table)
    save_replaced(model, options.output, replaced, decomposition=options.method, rank=options.rank)
    shutil.copyfile(options.folder / "config.json", options.output / "config.json")


def _report(options: argparse.Namespace) -> None:
    table = Table("folder", "method", "parameters", "bytes on disk")
    for folder in options.folders:
        files = sorted(folder.rglob("*.safetensors"))
        if not files:
            raise ValueError(f"{folder} holds no safetensors file.")
        parameters = sum(_parameters(file) for file in files)
        size_bytes = sum(file.stat().st_size for file in files)
        table.add_row(str(folder), _method_of(folder), f"{parameters:,}", f"{size_bytes:,}")
    console.print(table)


def _parameters(file: Path) -> int:
    """Counted from the file's header; no tensor is read."""
    with safe_open(file, framework="numpy") as tensors:
        return sum(prod(tensors.get_slice(name).get_shape()) for name in tensors.keys())  # noqa: SIM118


def _method_of(folder: Path) -> str:
    for name in ("adapter_config.json", "compression.json", "adapter/adapter_config.json"):
        if (folder / name).is_file():
            settings = json.loads((folder / name).read_text(encoding="utf-8"))
            method = settings.get("decomposition") or settings.get("peft_type", "")
            return f"{method} rank {settings.get('rank', settings.get('r', ''))}"
    return "dense"
