"""A stored file as an answer: a picture to look at, or a PDF to keep that can run nothing."""

from flask import Response
from werkzeug.utils import secure_filename

from portal.media import storage
from portal.media.models import WEBP, Upload

CAGE = "default-src 'none'; sandbox; frame-ancestors 'none'"


def send(upload: Upload) -> Response:
    """Streamed. Its own name is offered for the download, with the ending its bytes deserve."""
    response = Response(storage.stream(upload.key), mimetype=upload.type)
    response.content_length = upload.size
    if upload.type != WEBP:
        name = secure_filename(upload.name) or "file"
        if not name.lower().endswith(".pdf"):
            name += ".pdf"
        response.headers.set("Content-Disposition", "attachment", filename=name)
        response.headers["Content-Security-Policy"] = CAGE
    return response
