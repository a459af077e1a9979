"""The page of a series: all its pictures, to be filtered by trait."""

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from artgan.base.paths import write_text

PAGE = Template("""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>$title</title>
<style>
body{margin:0;background:#101014;color:#e8e6e1;font:16px/1.5 system-ui,sans-serif}
header{padding:1.6rem 1.6rem 0}h1{font-weight:600;margin:0}p{margin:.2rem 0;color:#a5a29a}
main{display:grid;grid-template-columns:15rem 1fr;gap:1.6rem;padding:1.6rem}
@media(max-width:48rem){main{grid-template-columns:1fr}}
fieldset{border:0;margin:0 0 1.2rem;padding:0}legend{color:#b9b6ae;padding:0 0 .3rem}
label{display:flex;gap:.5rem;align-items:baseline;cursor:pointer}
label span{margin-left:auto;color:#8d8a83;font-variant-numeric:tabular-nums}
#grid{display:grid;gap:.8rem;grid-template-columns:repeat(auto-fill,minmax(12rem,1fr));
align-content:start}
figure{margin:0}figure[hidden]{display:none}
img{width:100%;aspect-ratio:1;object-fit:contain;background:#08080a;border-radius:4px;
display:block}
figcaption{font-size:.8rem;color:#8d8a83;padding:.2rem 0}figcaption b{color:#d8d5ce}
select{background:#1d1d24;color:inherit;border:1px solid #34343c;padding:.2rem .4rem;font:inherit}
</style>
<header><h1>$title</h1><p><span id="shown">$count</span> of $count pictures
<select id="order" aria-label="Order"><option value="number">by number</option>
<option value="rank">rarest first</option></select></p></header>
<main><form id="traits">$traits</form><div id="grid">$pictures</div></main>
<script>
const form=document.getElementById("traits"),grid=document.getElementById("grid");
const figures=[...grid.children].map(f=>({f,t:JSON.parse(f.dataset.traits),
number:+f.dataset.number,rank:+f.dataset.rank}));
form.addEventListener("change",()=>{
const wanted={};
for(const box of form.querySelectorAll(":checked"))(wanted[box.name]??=new Set).add(box.value);
let shown=0;
for(const {f,t} of figures){
f.hidden=!Object.entries(wanted).every(([n,values])=>values.has(t[n]));shown+=!f.hidden}
document.getElementById("shown").textContent=shown});
document.getElementById("order").addEventListener("change",event=>{
figures.sort((a,b)=>a[event.target.value]-b[event.target.value]);
grid.append(...figures.map(one=>one.f))});
</script>
</html>
""")


def write_series_page(
    name: str,
    path: Path,
    editions: Sequence[Mapping[str, Any]],
    rarity: Mapping[str, Mapping[str, Mapping[str, float]]],
) -> None:
    """Write index.html beside the pictures; it needs no server and no network."""
    page = PAGE.substitute(
        title=html.escape(name),
        count=len(editions),
        traits="".join(_choices(trait, values) for trait, values in rarity.items()),
        pictures="".join(map(_figure, editions)),
    )
    write_text(path, page)


def _choices(trait: str, values: Mapping[str, Mapping[str, float]]) -> str:
    boxes = "".join(
        f'<label><input type="checkbox" name="{html.escape(trait)}" value="{html.escape(value)}">'
        f"{html.escape(value)}<span>{about['count']:.0f}</span></label>"
        for value, about in values.items()
    )
    return f"<fieldset><legend>{html.escape(trait)}</legend>{boxes}</fieldset>"


def _figure(edition: Mapping[str, Any]) -> str:
    traits = html.escape(json.dumps(edition["counted_as"]), quote=True)
    words = ", ".join(f"{name} {value}" for name, value in edition["traits"].items())
    file = html.escape(edition["file"], quote=True)
    return (
        f'<figure data-number="{edition["number"]}" data-rank="{edition["rarity"]["rank"]}" '
        f'data-traits="{traits}"><a href="{file}"><img loading="lazy" src="{file}" '
        f'alt="number {edition["number"]}"></a><figcaption><b>{edition["number"]}</b> '
        f"{html.escape(words)}</figcaption></figure>"
    )
