from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import DataRequired, Length


class ImportForm(FlaskForm):
    file = FileField("File", validators=[FileRequired("Choose a CSV or XLSX file")])


class InviteAgainForm(FlaskForm):
    note = StringField(
        "How did they tell you?",
        validators=[
            DataRequired("Enter how they told you"),
            Length(max=300, message="Use at most 300 characters"),
        ],
    )
