"""The extractor ``vision``, with tiny networks whose weights were never trained."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import Result

from artgan.core.registry import Registry
from artgan.errors import DataError, OptionError
from artgan.evaluation.features import choose_extractor, parse_extractor
from artgan.testing._cases import checks_of
from artgan.testing._checks import CheckedPlugin, Subject

TINY: dict[str, Any] = {
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
    "image_size": 28,
    "patch_size": 14,
}


def _transformers() -> Any:
    return pytest.importorskip("transformers", reason="needs artgan[features]")


@pytest.fixture
def dinov2(tmp_path: Path) -> Path:
    transformers = _transformers()
    torch.manual_seed(0)
    folder = tmp_path / "dinov2"
    transformers.Dinov2Model(transformers.Dinov2Config(**TINY)).save_pretrained(folder)
    return folder


def built(registry: Registry, model: Path | str, **options: Any) -> Any:
    more = "".join(f",{name}={value}" for name, value in options.items())
    entry, chosen, _ = parse_extractor(registry, f"vision:model={model}{more}")
    return entry.call("build", chosen, "cpu")


def test_it_keeps_the_contract_of_extractors(dinov2: Path, registry: Registry) -> None:
    entry = registry.find("extractor", "vision")

    class Local(Subject):
        def options(self, **values: Any) -> Any:
            return super().options(model=str(dinov2), **values)

    subject = Local("extractor", "vision", CheckedPlugin(entry.plugin, None, registry, 9.0), entry)
    for check in checks_of("extractor"):
        check.run(subject)


def test_pictures_are_seen_as_in_training(dinov2: Path, registry: Registry) -> None:
    from transformers import Dinov2Model

    assert built(registry, dinov2).side == 28
    about = {"crop_size": {"height": 14, "width": 14}, "image_mean": [0.5] * 3}
    about["image_std"] = [0.25] * 3
    (dinov2 / "preprocessor_config.json").write_text(json.dumps(about))
    extract = built(registry, dinov2)
    images = torch.rand(2, 3, 14, 14) * 2 - 1
    network = Dinov2Model.from_pretrained(dinov2).eval()
    with torch.no_grad():
        expected = network(pixel_values=((images + 1) / 2 - 0.5) / 0.25).pooler_output
    torch.testing.assert_close(extract(images), expected)
    assert built(registry, dinov2, side=42).side == 42


def test_half_of_a_network_for_texts_and_pictures_is_enough(
    tmp_path: Path, registry: Registry
) -> None:
    transformers = _transformers()
    text = {**TINY, "vocab_size": 9, "projection_dim": 8}
    config = transformers.CLIPConfig(text_config=text, vision_config=TINY, projection_dim=8)
    transformers.CLIPModel(config).save_pretrained(tmp_path / "clip")
    assert built(registry, tmp_path / "clip")(torch.zeros(2, 3, 20, 30)).shape == (2, 16)


def test_what_is_no_vision_network_is_told(
    dinov2: Path, tmp_path: Path, registry: Registry
) -> None:
    transformers = _transformers()
    from safetensors.torch import load_file, save_file

    weights = load_file(dinov2 / "model.safetensors")
    kept = {name: value for name, value in weights.items() if "layer.0" not in name}
    save_file(kept, dinov2 / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(DataError, match=r"lacks \d+ of its network's weights"):
        built(registry, dinov2)
    torch.save(weights, dinov2 / "pytorch_model.bin")
    (dinov2 / "model.safetensors").unlink()
    with pytest.raises(DataError, match=r"expected a folder with a config\.json"):
        built(registry, dinov2)
    small = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    words = transformers.BertConfig(**small, intermediate_size=8, vocab_size=9)
    transformers.BertModel(words).save_pretrained(tmp_path / "bert")
    with pytest.raises(DataError, match="takes no pictures"):
        built(registry, tmp_path / "bert")


def test_weights_that_cannot_be_had_are_told(
    monkeypatch: pytest.MonkeyPatch, registry: Registry
) -> None:
    _transformers()
    import huggingface_hub

    def refused(*_: object, **__: object) -> None:
        raise huggingface_hub.errors.LocalEntryNotFoundError("no network")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", refused)
    with pytest.raises(
        DataError, match=r"cannot be downloaded .*--extractor vision:model=\./vision-m"
    ):
        built(registry, "facebook/dinov2-small")
    with pytest.raises(DataError, match=r"there is no folder '\./nowhere'"):
        built(registry, "./nowhere")


def test_the_extra_is_named(
    trained: Path, monkeypatch: pytest.MonkeyPatch, artgan_cli: Callable[..., Result]
) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    result = artgan_cli("evaluate", trained, "--extractor", "vision:model=./x")
    assert result.exit_code == 1
    assert "pip install 'artgan[features]'" in result.output


def test_it_is_used_only_when_asked_for(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name in ("transformers",))
    assert choose_extractor(registry).declaration.name == "random"


def test_results_are_filed_under_what_differs(registry: Registry) -> None:
    labels = [parse_extractor(registry, text)[2] for text in ("random", "random:width=8")]
    assert labels == ["core/random", "core/random:width=8"]
    for text, says in (("random:8", "expected option=value"), ("random:wide=8", "no option")):
        with pytest.raises(OptionError, match=says):
            parse_extractor(registry, text)
