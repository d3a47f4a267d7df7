"""The blueprint all pages about customers stand on."""

from flask import Blueprint

bp = Blueprint("advocates", __name__, url_prefix="/staff")
