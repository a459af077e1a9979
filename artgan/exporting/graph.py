"""A generator as plain data: a list of operations on numbered tensors, and the weights.

``torch.export`` decomposes the network into operations of the core ATen set; here these become the
fewer operations that ``runtime.js`` knows. What depends on weights alone is computed now.
"""

import operator
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.fx import Node

from artgan.errors import PluginError

aten = torch.ops.aten

UNARY = {
    aten.relu.default: "relu",
    aten.tanh.default: "tanh",
    aten.sigmoid.default: "sigmoid",
    aten.exp.default: "exp",
    aten.log.default: "log",
    aten.sqrt.default: "sqrt",
    aten.rsqrt.default: "rsqrt",
    aten.neg.default: "neg",
    aten.abs.default: "abs",
    aten.sin.default: "sin",
    aten.cos.default: "cos",
    aten.erf.default: "erf",
    aten.reciprocal.default: "reciprocal",
}

BINARY = {
    aten.add.Tensor: "add",
    aten.add.Scalar: "add",
    aten.sub.Tensor: "sub",
    aten.sub.Scalar: "sub",
    aten.mul.Tensor: "mul",
    aten.mul.Scalar: "mul",
    aten.div.Tensor: "div",
    aten.div.Scalar: "div",
    aten.maximum.default: "maximum",
    aten.minimum.default: "minimum",
    aten.pow.Tensor_Scalar: "pow",
}

SAME = {aten.clone.default, aten.alias.default, aten.detach.default,
        aten._to_copy.default}  # fmt: skip

RESHAPE = {aten.view.default, aten._unsafe_view.default, aten.unsqueeze.default,
           aten.squeeze.dims, aten.squeeze.dim, aten.reshape.default}  # fmt: skip


@dataclass
class Graph:
    """Operations in order, and the constants that they use, by the number of their tensor.

    Operations are plain mappings: ``op``, ``in`` (numbers of tensors), ``out``, ``shape`` and what
    the kind of operation needs. Inputs are the latents and, if there are labels, the label;
    ``size`` is the number of tensors.
    """

    operations: list[dict[str, Any]] = field(default_factory=list)
    constants: dict[int, Tensor] = field(default_factory=dict)
    inputs: list[int] = field(default_factory=list)
    output: int = -1
    size: int = 0

    def number(self) -> int:
        """Return the number of a new tensor."""
        self.size += 1
        return self.size - 1

    def constant(self, value: Tensor) -> int:
        """Store a constant and return its number."""
        number = self.number()
        self.constants[number] = value.detach().float().contiguous()
        return number

    def add(self, op: str, inputs: Sequence[int], shape: Sequence[int], **more: Any) -> int:
        """Add an operation and return the number of its result."""
        out = self.number()
        self.operations.append(
            {"op": op, "in": list(inputs), "out": out, "shape": list(shape), **more}
        )
        return out


def trace(generator: nn.Module, classes: int) -> Graph:
    """Decompose a generator in evaluation mode, for one picture at a time."""
    network: Any = generator
    generator = network.eval().to("cpu", memory_format=torch.contiguous_format)
    shape: tuple[int, ...] = network.latent_shape
    latents = torch.zeros(1, *shape)
    labels = torch.zeros(1, dtype=torch.long) if classes else None
    try:
        # torch.export warns of its own deprecations; none of them affects the result.
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = torch.export.export(generator, (latents, labels)).run_decompositions()
    except Exception as error:
        raise PluginError(
            f"the generator cannot be decomposed for the web page: {type(error).__name__}: "
            f"{str(error).splitlines()[0]}"
        ) from error
    return _Builder(program).graph


class _Builder:
    """Converts an exported program node by node."""

    def __init__(self, program: torch.export.ExportedProgram) -> None:
        self.graph = Graph()
        self.known: dict[Node, Tensor] = {}
        self.numbers: dict[Node, int] = {}
        signature = program.graph_signature
        stored = {**program.state_dict, **program.constants}
        names = {
            **signature.inputs_to_parameters,
            **signature.inputs_to_buffers,
            **signature.inputs_to_lifted_tensor_constants,
        }
        nodes: Any = program.graph.nodes
        for node in nodes:
            if node.op == "placeholder" and node.name in names:
                self.known[node] = stored[names[node.name]]
            elif node.op == "placeholder":
                if isinstance(node.meta.get("val"), Tensor):
                    self.numbers[node] = self.graph.number()
                    self.graph.inputs.append(self.numbers[node])
            elif node.op == "output":
                self.graph.output = self.of(node.args[0][0])
            elif node.users:
                # Nodes without users only check types.
                self.convert(node)

    def of(self, value: Any) -> int:
        """Return the number of a tensor, a constant or a plain number."""
        if isinstance(value, Node) and value in self.numbers:
            return self.numbers[value]
        if isinstance(value, Node):
            self.numbers[value] = self.graph.constant(self.known[value])
            return self.numbers[value]
        return self.graph.constant(torch.tensor(float(value)))

    def convert(self, node: Any) -> None:
        """Compute a node now if its inputs are weights; otherwise add its operation."""
        if all(n in self.known for n in node.all_input_nodes):
            arguments = torch.fx.map_arg((node.args, node.kwargs), lambda n: self.known[n])
            self.known[node] = node.target(*arguments[0], **arguments[1])
            return
        add = CONVERTERS.get(node.target)
        if add is None:
            raise PluginError(
                f"the generator uses '{node.target}', which the web page cannot compute yet; "
                "try artgan export --onnx"
            )
        self.numbers[node] = add(self, node)


def _shape(node: Any) -> list[int]:
    value = node.meta["val"]
    return list((value[0] if isinstance(value, (tuple, list)) else value).shape)


def _same(builder: _Builder, node: Any) -> int:
    return builder.of(node.args[0])


def _operation(
    op: str, *names: str, inputs: int = 1, defaults: Sequence[Any] = ()
) -> Callable[[_Builder, Any], int]:
    """Return a converter to an operation of ``runtime.js`` on the first ``inputs`` arguments.

    The further arguments are plain values: their names, and what a node may leave out of them.
    """

    def convert(builder: _Builder, node: Any) -> int:
        values = [*node.args[inputs:], *defaults[len(node.args) - inputs :]]
        tensors = [builder.of(argument) for argument in node.args[:inputs]]
        named = dict(zip(names, values, strict=False))
        return builder.graph.add(op, tensors, _shape(node), **named)

    return convert


def _binary(builder: _Builder, node: Any) -> int:
    left, right = builder.of(node.args[0]), builder.of(node.args[1])
    alpha = node.kwargs.get("alpha", 1)
    if alpha != 1:
        right = builder.graph.add("mul", [right, builder.of(alpha)], _shape(node.args[1]))
    return builder.graph.add(BINARY[node.target], [left, right], _shape(node))


def _convolution(builder: _Builder, node: Any) -> int:
    x, weight, bias, stride, pad, dilation, transposed, _, groups = node.args
    inputs = [builder.of(x), builder.of(weight)] + ([builder.of(bias)] if bias is not None else [])
    return builder.graph.add(
        "convolution", inputs, _shape(node),
        stride=list(stride), pad=list(pad), dilation=list(dilation),
        transposed=bool(transposed), groups=groups,
    )  # fmt: skip


def _addmm(builder: _Builder, node: Any) -> int:
    bias, left, right = (builder.of(a) for a in node.args[:3])
    product = builder.graph.add("matmul", [left, right], _shape(node))
    return builder.graph.add("add", [product, bias], _shape(node))


def _batch_norm(builder: _Builder, node: Any) -> int:
    """Fold a batch norm in evaluation mode into a factor and an offset for each channel."""
    x, weight, bias, mean, var, _, epsilon = node.args
    known = builder.known
    factor = torch.rsqrt(known[var] + epsilon)
    factor = factor if weight is None else factor * known[weight]
    term = -known[mean] * factor
    term = term if bias is None else term + known[bias]
    shape = [1, -1] + [1] * (len(_shape(node)) - 2)
    scaled = builder.graph.add(
        "mul", [builder.of(x), builder.graph.constant(factor.view(shape))], _shape(node)
    )
    return builder.graph.add(
        "add", [scaled, builder.graph.constant(term.view(shape))], _shape(node)
    )


def _group_norm(builder: _Builder, node: Any) -> int:
    x, weight, bias, _, _, _, groups, epsilon = node.args
    inputs = [builder.of(x)] + [builder.of(p) for p in (weight, bias) if p is not None]
    return builder.graph.add("group_norm", inputs, _shape(node), groups=groups, epsilon=epsilon)


def _cat(builder: _Builder, node: Any) -> int:
    parts, dim = node.args[0], node.args[1] if len(node.args) > 1 else 0
    return builder.graph.add("cat", [builder.of(p) for p in parts], _shape(node), dim=dim)


def _slice(builder: _Builder, node: Any) -> int:
    defaults: list[Any] = [None, 0, 0, None, 1]
    _, dim, start, _, step = list(node.args) + defaults[len(node.args) :]
    length = _shape(node.args[0])[dim]
    start = start or 0
    first = min(length, start if start >= 0 else max(0, start + length))
    x = builder.of(node.args[0])
    return builder.graph.add("slice", [x], _shape(node), dim=dim, start=first, step=step)


def _part(builder: _Builder, node: Any) -> int:
    """Cut out one of the parts of a split; of any other operation only the first result is used."""
    source, place = node.args
    if source.target is not aten.split_with_sizes.default:
        return builder.of(source)
    _, sizes, dim = [*source.args, 0][:3]
    inputs, start = [builder.of(source)], sum(sizes[:place])
    return builder.graph.add("slice", inputs, _shape(node), dim=dim, start=start, step=1)


def _select(builder: _Builder, node: Any) -> int:
    _, dim, index = node.args
    shape = _shape(node.args[0])
    start = index + shape[dim] if index < 0 else index
    kept = [1 if i == dim % len(shape) else s for i, s in enumerate(shape)]
    one = builder.graph.add("slice", [builder.of(node.args[0])], kept, dim=dim, start=start, step=1)
    return builder.graph.add("reshape", [one], _shape(node))


def _average(builder: _Builder, node: Any) -> int:
    """Convert the mean of adjacent blocks to a mean over two more dimensions."""
    x, kernel, *more = node.args
    shape = _shape(node)
    high, wide = list(kernel) * (2 // len(kernel))
    stride = list(more[0]) if more and more[0] else [high, wide]
    padded = len(more) > 1 and any(more[1])
    if stride * (2 // len(stride)) != [high, wide] or padded:
        raise PluginError("the generator pools blocks that overlap, which the page cannot")
    count, channels, rows, columns = shape
    blocks = [count, channels, rows, high, columns, wide]
    if _shape(x)[2:] != [rows * high, columns * wide]:
        raise PluginError("the generator pools blocks that do not cover its input: the page cannot")
    cut = builder.graph.add("reshape", [builder.of(x)], blocks)
    return builder.graph.add("mean", [cut], shape, dims=[3, 5])


def _index(builder: _Builder, node: Any) -> int:
    """Gather along one dimension by indices that are constant."""
    wanted = list(enumerate(node.args[1]))
    used = [(dim, index) for dim, index in wanted if index is not None]
    x = builder.of(node.args[0])
    shape = _shape(node.args[0])
    if any(i not in builder.known or builder.known[i].ndim > 1 for _, i in used) and len(used) > 1:
        raise PluginError("the generator gathers by computed indices, which the page cannot")
    for dim, index in used:
        places = [int(p) for p in builder.known[index].flatten()]
        shape = [*shape[:dim], len(places), *shape[dim + 1 :]]
        x = builder.graph.add("gather", [x], shape, dim=dim, places=places)
    return x


CONVERTERS: dict[Any, Callable[[_Builder, Any], int]] = {
    **{target: _operation(op) for target, op in UNARY.items()},
    **dict.fromkeys(BINARY, _binary),
    **dict.fromkeys(SAME, _same),
    **dict.fromkeys(RESHAPE, _operation("reshape")),
    aten.leaky_relu.default: _operation("leaky_relu", "slope", defaults=(0.01,)),
    aten.gelu.default: _operation("gelu"),
    aten.permute.default: _operation("permute", "dims"),
    aten.expand.default: _operation("expand"),
    aten.mean.dim: _operation("mean", "dims"),
    aten.sum.dim_IntList: _operation("sum", "dims"),
    aten.constant_pad_nd.default: _operation("pad", "pads", "value", defaults=(0, 0)),
    aten.upsample_nearest2d.vec: _operation("nearest"),
    aten.upsample_bilinear2d.vec: _operation("bilinear", "size", "align", defaults=(None, False)),
    aten.avg_pool2d.default: _average,
    aten.clamp.default: _operation("clamp", "low", "high", defaults=(None, None)),
    aten.addmm.default: _addmm,
    aten.mm.default: _operation("matmul", inputs=2),
    aten.bmm.default: _operation("matmul", inputs=2),
    aten.convolution.default: _convolution,
    aten._native_batch_norm_legit_no_training.default: _batch_norm,
    aten.native_group_norm.default: _group_norm,
    aten.embedding.default: _operation("embedding", inputs=2),
    aten.cat.default: _cat,
    aten.slice.Tensor: _slice,
    aten.split_with_sizes.default: _same,
    operator.getitem: _part,
    aten.select.int: _select,
    aten.index.Tensor: _index,
}
"""How each operation of the core ATen set is converted."""
