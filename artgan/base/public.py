"""Guards the functions and methods that programs call.

What a program has set in torch for its own work neither changes nor breaks artgan's: inside of a
public function numbers are float32, tensors are made on the CPU unless a device is given, and
gradients are recorded. Arguments that do not fit are refused in a sentence, before any work.
"""

import inspect
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from numbers import Integral, Real
from os import PathLike
from types import GeneratorType
from typing import Any, ParamSpec, TypeVar, cast

import torch

from artgan.base.suggest import join_names, suggest
from artgan.errors import OptionError

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def plain_torch() -> Iterator[None]:
    """Undo what the caller has set in torch: dtype, device, gradients, autocast; restore it after.

    Nothing is touched that is as it should be: a device context slows each operation down.
    """
    dtype = torch.get_default_dtype()
    with ExitStack() as stack:
        if torch.is_inference_mode_enabled():
            stack.enter_context(torch.inference_mode(mode=False))
        if not torch.is_grad_enabled():
            stack.enter_context(torch.enable_grad())
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        stack.enter_context(_outside_of_autocast())
        if dtype is not torch.float32:
            torch.set_default_dtype(torch.float32)
            stack.callback(torch.set_default_dtype, dtype)
        yield


@contextmanager
def _outside_of_autocast() -> Iterator[None]:
    """Leave all contexts of autocast, and enter them again after.

    To nest one that is off is not enough: weights that autocast has converted are kept until its
    outermost context ends, and training would go on with those of its first step.
    """
    depth = torch.autocast_increment_nesting() - 1
    torch.autocast_decrement_nesting()
    on = [kind for kind in ("cpu", "cuda") if torch.is_autocast_enabled(kind)]
    if depth:
        torch.clear_autocast_cache()
    for _ in range(depth):
        torch.autocast_decrement_nesting()
    for kind in on:
        torch.set_autocast_enabled(kind, False)
    try:
        yield
    finally:
        for kind in on:
            torch.set_autocast_enabled(kind, True)
        for _ in range(depth):
            torch.autocast_increment_nesting()


def public(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function or method that programs call: see the head of this module."""
    signature = inspect.signature(function)

    @wraps(function)
    def guarded(*args: P.args, **given: P.kwargs) -> R:
        checked = _checked(function.__name__, signature, args, given)
        with plain_torch():
            result = function(*checked.args, **checked.kwargs)
        return cast(R, _stepwise(result)) if isinstance(result, GeneratorType) else result

    return guarded


def _stepwise(steps: "GeneratorType[Any, None, Any]") -> Iterator[Any]:
    """Yield what a generator yields; between its steps torch is the caller's again."""
    try:
        while True:
            with plain_torch():
                try:
                    item = next(steps)
                except StopIteration:
                    return
            yield item
    finally:
        with plain_torch():
            steps.close()


def _checked(
    where: str, signature: inspect.Signature, args: tuple[Any, ...], given: Mapping[str, Any]
) -> inspect.BoundArguments:
    """Bind arguments to their names, and refuse those that do not fit."""
    names = [name for name in signature.parameters if name != "self"]
    _refuse_strangers(where, signature, given, names)
    try:
        bound = signature.bind(*args, **given)
    except TypeError as error:
        raise OptionError(f"{where}: {error}; it takes {join_names(names, 'and')}") from error
    for name, value in bound.arguments.items():
        parameter = signature.parameters[name]
        if parameter.kind is parameter.VAR_KEYWORD:
            found = {key: _fitting(where, key, one) for key, one in value.items()}
            bound.arguments[name] = found
        else:
            bound.arguments[name] = _fitting(where, name, value)
    return bound


def _refuse_strangers(
    where: str, signature: inspect.Signature, given: Mapping[str, Any], names: Sequence[str]
) -> None:
    """Refuse a keyword that the function has no use for, and say what it has in its place."""
    for wrong, right in (("seed", "seeds"), ("seeds", "seed")):
        if wrong in given and wrong not in names and right in names:
            form = "seeds=[7], one for each picture" if right == "seeds" else "seed=7, a number"
            raise OptionError(f"{where} takes no '{wrong}' but '{right}', as in {form}")
    if "count" in given and "count" not in names and "seeds" in names:
        raise OptionError(f"{where} takes no 'count' but 'seeds', as in seeds=range(16)")
    kinds = [parameter.kind for parameter in signature.parameters.values()]
    if inspect.Parameter.VAR_KEYWORD in kinds:
        return
    for name in given:
        if name not in names:
            raise OptionError(
                f"{where} takes no '{name}'; expected {join_names(names)}.{suggest(name, names)}"
            )


def _fitting(where: str, name: str, value: Any) -> Any:
    """Return an argument as artgan's own functions expect it, or refuse it."""
    kind, wanted = _KINDS.get(name, (None, ""))
    if kind is None or (value is None and name != "seeds"):
        return value
    try:
        return kind(value)
    except (TypeError, ValueError) as error:
        raise OptionError(f"{where}: {name}={value!r} does not fit; expected {wanted}") from error


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(value)
    return operator.index(cast(Any, value))


def _number(value: Any) -> float | int:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(value)
    return _whole(value) if isinstance(value, Integral) else float(value)


def _path(value: Any) -> Any:
    if not isinstance(value, str | PathLike):
        raise TypeError(value)
    return value


def _table(value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise TypeError(value)
    return value


def _name(value: Any) -> str:
    if not isinstance(value, str | torch.device):
        raise TypeError(value)
    return str(value)


def _run(value: Any) -> Any:
    """Let a run pass, known by what its class has: to ask the run would load its weights."""
    return value if hasattr(type(value), "generator") else _path(value)


def _size(value: Any) -> Any:
    return value if isinstance(value, str) else _whole(value)


def _texts(value: Any) -> Any:
    if isinstance(value, str) or not all(isinstance(one, str) for one in value):
        raise TypeError(value)
    return value


def _files(value: Any) -> Any:
    if isinstance(value, str | bytes):
        raise TypeError(value)
    return [_path(one) for one in value]


def _seeds(value: Any) -> Iterable[Any]:
    """Return seeds, or points; what is a sequence stays one, what is endless stays lazy."""
    if isinstance(value, str | bytes | Mapping):
        raise TypeError(value)
    stream = iter(value)
    if isinstance(value, range):
        return value
    checked = map(_seed_or_point, stream)
    return list(checked) if hasattr(value, "__len__") else checked


def _seed_or_point(one: Any) -> Any:
    if hasattr(one, "values") and hasattr(one, "label"):
        return one
    try:
        if isinstance(one, bool):
            raise TypeError(one)
        return operator.index(one)
    except TypeError as error:
        raise OptionError(f"seed {one!r} does not fit; expected a whole number") from error


_WHOLE = (_whole, "a whole number")
_PATH = (_path, "a path, as text or pathlib.Path")
_TABLE = (_table, "a mapping of names to values")
_TEXTS = (_texts, "a list of texts")
_SEEDS = "a list or range of whole numbers: [7] for one picture of seed 7, range(16) for sixteen"

_KINDS: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    **dict.fromkeys(("seed", "count", "steps", "batch", "label", "accumulate", "beats"), _WHOLE),
    **dict.fromkeys(("minutes", "seconds", "fps", "dpi", "truncation"), (_number, "a number")),
    **dict.fromkeys(("out", "folder", "config", "dataset", "base"), _PATH),
    **dict.fromkeys(("knobs", "arch_options", "dataset_options", "loss_options"), _TABLE),
    **dict.fromkeys(
        ("regularizers", "augmentations", "training_options", "moves", "method_options"), _TABLE
    ),
    **dict.fromkeys(("arch", "loss", "device", "preset", "way"), (_name, "a name")),
    **dict.fromkeys(("log", "captions"), _TEXTS),
    "plugins": (_files, "a list of paths of plugin files"),
    "run": (_run, "a run, or the path of its folder"),
    "size": (_size, "a side in pixels, or text such as '96x64' (wide x high)"),
    "seeds": (_seeds, _SEEDS),
}
"""Name of an argument -> how it is checked, and what is expected of it."""
