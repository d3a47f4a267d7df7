from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import DataRequired, EqualTo


class SetUpForm(FlaskForm):
    password = PasswordField("Password", validators=[DataRequired("Enter a password")])
    again = PasswordField(
        "The same password again",
        validators=[
            DataRequired("Enter the password a second time"),
            EqualTo("password", "The two passwords differ"),
        ],
    )


class SignInForm(FlaskForm):
    email = EmailField("Work mail", validators=[DataRequired("Enter your mail address")])
    password = PasswordField("Password", validators=[DataRequired("Enter your password")])
    next = HiddenField()
