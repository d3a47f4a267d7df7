from portal import create_app
from portal.config import BadSettings

try:
    app = create_app()
except BadSettings as error:
    raise SystemExit(str(error)) from None
