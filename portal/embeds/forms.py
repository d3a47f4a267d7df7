from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import DataRequired, InputRequired, Length


class BlockForm(FlaskForm):
    title = StringField(
        "What should it be called?",
        description="Stands above the quotes, and in the address.",
        validators=[
            DataRequired("Enter a title"),
            Length(max=120, message="Use at most 120 characters"),
        ],
    )


class PickForm(FlaskForm):
    asset = IntegerField(validators=[InputRequired("Choose what to add")])
