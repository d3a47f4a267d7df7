"""The fields of campaign forms, with our own words when what was typed is none of theirs."""

import re

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import DataRequired, Length, ValidationError

from portal.campaigns import mail
from portal.fields import trimmed

A_DAY = "Enter the last day, for example 30 11 2026"
A_TIME = "Enter a time, for example 09:30"


def sendable(_form: FlaskForm, field: Field) -> None:
    """Refuse unknown placeholders and words that buy praise, each named (T9)."""
    if sentence := mail.fault(field.data or ""):
        raise ValidationError(sentence)


def a_web_address(_form: FlaskForm, field: Field) -> None:
    """Customers follow it: a whole address, and nothing a browser would run."""
    if field.data and not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", field.data):
        raise ValidationError("Enter an address that begins with https://")


def at_least_one(_form: FlaskForm, field: Field) -> None:
    """None is no limit; nothing at all would be no offer."""
    if field.data is not None and not 1 <= field.data <= 1_000_000:
        raise ValidationError(field.asks)


def text(label: str, asks: str, longest: int, *checks) -> dict:
    return {
        "label": label,
        "filters": [trimmed],
        "validators": [
            *([DataRequired(asks)] if asks else []),
            Length(max=longest, message=f"Use {longest:,} characters or fewer"),
            *checks,
        ],
    }
