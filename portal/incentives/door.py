"""The blueprint of this domain, for every file of pages to hang them on."""

from flask import Blueprint

bp = Blueprint("incentives", __name__)
