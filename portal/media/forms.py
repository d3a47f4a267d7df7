from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import Length

from portal.fields import trimmed
from portal.media.pictures import Square


class PhotoForm(FlaskForm):
    photo = FileField("Your photo", validators=[FileRequired("Choose a picture")])
    alt = StringField(
        "What does it show?",
        filters=[trimmed],
        validators=[Length(max=300, message="Use 300 characters or fewer")],
    )
    # Where a script let them choose a square; numbers nobody could have chosen are put right.
    x = StringField()
    y = StringField()
    side = StringField()

    @property
    def square(self) -> Square | None:
        """The square they chose; None for all of it."""
        said = [field.data or "" for field in (self.x, self.y, self.side)]
        if not all(text.isdecimal() and len(text) < 6 for text in said):
            return None
        return Square(*map(int, said))
