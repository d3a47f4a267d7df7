"""What all pages of this package hang on; ``views`` gathers them."""

from flask import Blueprint

bp = Blueprint("dashboard", __name__)
