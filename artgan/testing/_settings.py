"""Checks of the settings of a plugin."""

import re

from artgan.base.options import describe
from artgan.testing._checks import Checks, Subject, expect

CHECKS = Checks()


@CHECKS.add("one-class")
def one_class(subject: Subject) -> None:
    """A plugin declares one class of settings."""
    found = [e for e in subject.checked.entries if e.declaration.kind == "settings"]
    first = found[0].declaration is subject.contribution.declaration
    expect(first, f"the plugin has {len(found)} classes of settings; expected one")


@CHECKS.add("secrets-are-text")
def secrets_are_text(subject: Subject) -> None:
    """Secrets are text without a default, and their variables have usual names."""
    for fact in describe(subject.contribution.declaration.options):
        if not fact.secret:
            continue
        usual = re.fullmatch("[A-Z][A-Z0-9_]*", fact.secret)
        expect(
            usual, f"setting '{fact.flag}': '{fact.secret}' is no variable; expected NOTIFY_TOKEN"
        )
        plain = fact.kind == "str" and fact.default == ""
        expect(plain, f"setting '{fact.flag}' is a secret: make it a str with the default ''")
