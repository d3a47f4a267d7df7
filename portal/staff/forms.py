from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, EqualTo, InputRequired, Length, Optional

from portal.fields import one_line
from portal.staff.models import Role

MEANINGS = {
    Role.OWNER: "Everything: settings, colleagues, rewards, erasing.",
    Role.EDITOR: "A day’s work: inviting, reviewing, publishing.",
    Role.VIEWER: "Looks at everything, changes nothing.",
}


class SetUpForm(FlaskForm):
    password = PasswordField("Password", validators=[DataRequired("Enter a password")])
    again = PasswordField(
        "The same password again",
        validators=[
            DataRequired("Enter the password a second time"),
            EqualTo("password", "The two passwords differ"),
        ],
    )


class PasswordForm(SetUpForm):
    current = PasswordField(
        "Your password now", validators=[DataRequired("Enter your password as it is now")]
    )


class SignInForm(FlaskForm):
    email = EmailField("Work mail", validators=[DataRequired("Enter your mail address")])
    password = PasswordField("Password", validators=[DataRequired("Enter your password")])
    next = HiddenField()


class ForgottenForm(FlaskForm):
    email = EmailField("Work mail", validators=[DataRequired("Enter your mail address")])


class CodeForm(FlaskForm):
    code = StringField(
        "Code",
        validators=[
            DataRequired("Enter the code"),
            Length(max=40, message="Enter a code of six digits, or a recovery code"),
        ],
    )


class AppForm(CodeForm):
    """The first code of a new app, and the seed it came from, sealed."""

    sealed = HiddenField()


class PasskeyForm(FlaskForm):
    """What the browser made; its name, and what the device signed."""

    name = StringField(
        "Name",
        filters=[one_line],
        description="So that you know it again: “my phone”, “the blue key”.",
        validators=[Optional(), Length(max=60, message="Use at most 60 characters")],
    )
    passkey = HiddenField()


class ConfirmForm(FlaskForm):
    confirming = HiddenField()
    confirm_password = PasswordField(
        "Your password", validators=[DataRequired("Enter your password")]
    )
    confirm_passkey = HiddenField()
    confirm_code = StringField(
        "Code from your app, or a recovery code", validators=[DataRequired("Enter the code")]
    )


class InviteForm(FlaskForm):
    email = EmailField(
        "Work mail",
        validators=[
            DataRequired("Enter their mail address"),
            Email("Enter a mail address, like sam@example.com"),
        ],
    )
    name = StringField(
        "Name",
        description="As customers see it. Left empty, it is guessed from the address.",
        validators=[Optional(), Length(max=120, message="Use at most 120 characters")],
    )
    role = RadioField(
        "What they may do",
        choices=[SelectChoice(role.value, role.value.capitalize()) for role in Role],
        default=Role.EDITOR.value,
        validators=[InputRequired("Choose what they may do")],
    )


class RoleForm(FlaskForm):
    role = RadioField(
        "What they may do",
        choices=[SelectChoice(role.value, role.value.capitalize()) for role in Role],
        validators=[InputRequired("Choose what they may do")],
    )
