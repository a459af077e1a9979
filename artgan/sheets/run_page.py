"""What a run shows of itself: contact sheet, loss curves, one self-contained page."""

import base64
import html
from collections.abc import Sequence
from pathlib import Path
from string import Template

from artgan.base.paths import write_text
from artgan.core.config import RunConfig
from artgan.core.run_folder import RunFolder

INK, PAPER, FAINT = (40, 42, 54), (250, 250, 247), (214, 214, 208)

BLUE, RED, GREY = (38, 98, 176), (196, 62, 48), (150, 150, 146)


def _inline(path: Path) -> str:
    kind = path.suffix.lstrip(".")
    return f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _figure(path: Path, caption: str) -> str:
    if not path.exists():
        return ""
    text = html.escape(caption)
    return (
        f'<figure><img src="{_inline(path)}" alt="{text}"><figcaption>{text}</figcaption></figure>'
    )


PAGE = Template("""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>$title</title>
<style>
body{margin:0 auto;max-width:72rem;padding:2rem 1rem;background:#101014;color:#e8e6e1;
font:16px/1.5 system-ui,sans-serif}
h1{font-weight:600;margin:0 0 .5rem}h2{font-weight:500;margin:2.5rem 0 1rem;color:#b9b6ae}
.samples{display:grid;gap:.6rem;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr))}
img{width:100%;border-radius:4px;display:block;image-rendering:auto}
.samples img{aspect-ratio:1;object-fit:contain;background:#08080a}
figure{margin:0}figcaption{font-size:.8rem;color:#8d8a83;padding:.2rem 0}
.wide{max-width:44rem}table{border-collapse:collapse}td{padding:.15rem 1.2rem .15rem 0;
vertical-align:top}td:first-child{color:#8d8a83}code{background:#1d1d24;padding:.1rem .3rem}
</style>
<h1>$title</h1>
<p>$summary</p>
<h2>Samples</h2><div class="samples">$samples</div>
<h2>How it learned</h2><div class="wide">$training</div>
<h2>Losses</h2><div class="wide">$losses</div>
<h2>What made it</h2><table>$facts</table>
<p>Make more: <code>artgan sample $name --seeds 100-115 --style $style</code></p>
</html>
""")


def write_page(folder: RunFolder, config: RunConfig, files: Sequence[Path], step: int) -> None:
    """Write index.html: samples, training and curves in one file that needs nothing else."""
    facts = {
        "architecture": config.architecture.name,
        "pictures": f"{config.dataset.name} {config.path}".strip(),
        "size": f"{config.width} x {config.height}, {config.channels} channels",
        "loss": config.loss.name,
        "steps": f"{step} of batch {config.training.batch}",
        "seed": config.seed,
        "style": config.style,
    }
    rows = "".join(
        f"<tr><td>{html.escape(k)}</td><td>{html.escape(str(v))}</td></tr>"
        for k, v in facts.items()
    )
    pictures = "".join(_figure(file, f"seed {int(file.name[1:6])}") for file in files)
    name = html.escape(folder.path.name)
    page = PAGE.substitute(
        title=name,
        name=html.escape(str(folder.path)),
        summary=f"{len(files)} pictures by a generator trained for {step} steps.",
        samples=pictures,
        training=_figure(folder.path / "training.webp", "The same seeds from first step to last"),
        losses=_figure(folder.path / "losses.png", "Losses by step, smoothed"),
        facts=rows,
        style=html.escape(config.style if isinstance(config.style, str) else "none"),
    )
    write_text(folder.path / "index.html", page)
