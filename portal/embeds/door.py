from flask import Blueprint

bp = Blueprint("embeds", __name__)
