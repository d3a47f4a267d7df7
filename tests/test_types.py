"""What the annotations say holds everywhere, as `python3 dev.py lint` asks it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_types_are_true():
    check = subprocess.run(
        [sys.executable, "-m", "mypy", "portal"], cwd=ROOT, capture_output=True, text=True
    )
    assert check.returncode == 0, check.stdout + check.stderr
