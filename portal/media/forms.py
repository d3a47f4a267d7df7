from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired


class PhotoForm(FlaskForm):
    photo = FileField("Your photo", validators=[FileRequired("Choose a picture")])
