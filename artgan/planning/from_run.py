"""Settings that a run takes over from the run it starts from."""

from dataclasses import replace

from artgan.core.run import TrainedRun
from artgan.errors import OptionError
from artgan.planning.settings import PartSettings, Settings


def like_base(settings: Settings, base: TrainedRun) -> Settings:
    """Fill in the base's networks, pictures and size where nothing else is asked for."""
    config, networks = base.config, settings.architecture
    name = config.architecture.name
    if networks.name not in ("", name, name.rpartition("/")[2]):
        raise OptionError(
            f"run '{base.path}' is of architecture '{name}'; its weights do not fit "
            f"'{networks.name}'"
        )
    options = {**config.architecture.options, **networks.options}
    pictures = PartSettings(config.dataset.name, config.dataset.options, config.path)
    return replace(
        settings,
        architecture=PartSettings(name, options),
        dataset=settings.dataset.over(pictures),
        size=settings.size or (config.height, config.width),
    )
