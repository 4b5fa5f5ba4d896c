"""Commands on models: train, evaluate, fit, recommend."""

from tastemaker import wire
from tastemaker.cli import console
from tastemaker.cli.options import ConfigOption, HomeOption, settings_of


def train(home: HomeOption = None, config: ConfigOption = None) -> None:
    """Fit every model the variants need on all data, and put them into service."""
    settings = settings_of(config, home)
    with console.progress("train") as report:
        made = wire.train(settings, report)
    console.out.print(
        f"Models {made.provenance.version} are in service: {', '.join(sorted(made.configs))}, "
        f"trained on {made.n_events:,} events of {made.n_users:,} users."
    )
