"""The generator as ONNX, by the extra ``artgan[onnx]``."""

import json
import logging
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from artgan.errors import MissingExtraError
from artgan.plugin.exports import ExportError, TrainedGenerator


class _Images(nn.Module):
    """The generator with named inputs, for ``torch.onnx``."""

    def __init__(self, generator: nn.Module, labelled: bool) -> None:
        super().__init__()
        self.generator, self.labelled = generator, labelled

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return images (N, C, H, W) in [-1, 1]."""
        images: Tensor = self.generator(latents, labels if self.labelled else None)
        return images


def export_onnx(generator: TrainedGenerator, options: Any, path: Path) -> None:
    """Write the generator as ONNX, for any number of pictures at once.

    Inputs are ``latents`` (N, *latent_shape), standard normal, and, if the run has labels,
    ``labels`` (N,) int64; the output is ``images`` (N, C, H, W) in [-1, 1].
    """
    try:
        import onnx
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            "artgan export --onnx needs the packages onnx and onnxscript: "
            "pip install 'artgan[onnx]'"
        ) from error
    model = _convert(generator)
    if not model.graph.input[0].type.tensor_type.shape.dim[0].dim_param:
        raise ExportError(
            f"architecture '{generator.record.get('architecture')}' fixes the number of pictures "
            "while it is exported; its generator must take it from latents.shape[0], not "
            "len(latents)"
        )
    _forget_places(model)
    record = {"artgan": json.dumps(generator.record)}
    onnx.helper.set_model_props(model, record)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def _forget_places(message: Any) -> None:
    """Remove the comments on all parts of a model: they say in whose folders its code stood."""
    for field, value in message.ListFields():
        if field.name in ("metadata_props", "doc_string"):
            message.ClearField(field.name)
        elif field.message_type:
            for part in value if hasattr(value, "add") else [value]:
                _forget_places(part)


def _convert(generator: TrainedGenerator) -> Any:
    """Convert the generator to an ONNX model with a free number of pictures."""
    labelled = bool(generator.label_weights)
    inputs: tuple[Tensor, ...] = (torch.zeros(2, *generator.latent_shape),)
    if labelled:
        inputs = (*inputs, torch.zeros(2, dtype=torch.long))
    batch = torch.export.Dim("batch")
    # The exporter warns of packages that it does not need here, and of its own deprecations.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                _Images(generator.network, labelled).eval(),
                inputs,
                input_names=["latents", "labels"][: len(inputs)],
                output_names=["images"],
                dynamic_shapes=tuple({0: batch} for _ in inputs),
                dynamo=True,
                verbose=False,
            )
    except Exception as error:
        first = (str(error).splitlines() or [""])[0]
        raise ExportError(
            f"the generator cannot be exported: {type(error).__name__}: {first}"
        ) from error
    assert program is not None
    return program.model_proto
