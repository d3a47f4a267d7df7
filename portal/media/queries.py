from portal.db import db
from portal.errors import NotFound
from portal.media.actions import Pictured
from portal.media.models import Photo


def photo_of(person: Pictured) -> Photo:
    """The person's photo; raises NotFound when they have none."""
    photo = db.session.get(Photo, person.photo_id) if person.photo_id else None
    if photo is None:
        raise NotFound("You have not added a photo.")
    return photo
