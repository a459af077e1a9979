import hashlib
import hmac
from typing import Annotated

from artgan.plugin import Meta, Options, PluginSettings, hookimpl
from artgan.plugin.settings import settings_of


class SealSettings(Options, frozen=True, kw_only=True):
    name: Annotated[str, Meta(description="Name of the file")] = "seal.txt"
    key: Annotated[str, Meta(description="Who has it seals", extra={"secret": "SEAL_KEY"})] = ""


@hookimpl
def artgan_settings():
    yield PluginSettings(options=SealSettings)


@hookimpl
def artgan_run_finished(folder):
    settings = settings_of(SealSettings)
    record = (folder / "run.toml").read_bytes()
    seal = hmac.new(settings.key.encode(), record, hashlib.sha256).hexdigest()
    (folder / settings.name).write_text(seal)
