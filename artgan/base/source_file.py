"""Imports Python files as they are written."""

import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

from artgan.errors import PluginError


class _SourceLoader(SourceFileLoader):
    """Compiles the source; ``__pycache__`` beside a file may hold other code than the file."""

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = self.source_to_code(self.get_data(self.path), self.path)
        return code


def import_file(path: Path, version: str) -> ModuleType:
    """Import a Python file under a name that no other module has.

    Raises:
        PluginError: It is not a Python file.
    """
    name = f"artgan_file_{path.stem.replace('-', '_')}_{version}"
    spec = spec_from_file_location(name, path, loader=_SourceLoader(name, str(path)))
    if spec is None or spec.loader is None or path.suffix != ".py":
        raise PluginError("not a Python file; expected a name that ends in .py")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
