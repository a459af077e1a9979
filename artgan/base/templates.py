"""HTML pages from Jinja2 templates.

Templates and scripts lie beside the code that uses them and are named by their path inside the
package, such as "series/page.html". All extend ``base/page.html``, which holds the one stylesheet,
``base/page.css``. Values are escaped wherever a template shows them.
"""

import base64
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from artgan.base.suggest import count_of

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, /, **facts: Any) -> str:
    """Fill in a template, named by its path inside the package; a name without value is an error.

    In a template, ``{{ value | tojson }}`` writes JSON that is safe inside a ``<script>``: <, >, &,
    ', U+2028 and U+2029 become escapes. ``{{ source("series/page.js") | safe }}`` copies a file of
    the package as it is; nothing else may be marked safe.
    """
    return _environment().get_template(template).render(facts)


def data_uri(data: bytes, kind: str) -> str:
    """Return a picture as an address that holds it; ``kind`` is png, jpeg or webp."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["source"] = _source
    environment.globals["count_of"] = count_of
    # Keys keep their order.
    environment.policies["json.dumps_kwargs"] = {}
    return environment


def _source(name: str) -> str:
    return files("artgan").joinpath(name).read_text(encoding="utf-8")
