"""An environment for each rival, made once with plain pip. What runs in them is the business of the run_* scripts."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def environment_python(rival: str, folder: Path, maker: str) -> Path:
    """The interpreter of the rival's environment under `folder`, made with the interpreter `maker` when absent.

    It is made anew when requirements-<rival>.txt has changed. Exits with pip's own words when they cannot be met.
    """
    home = (folder / rival).resolve()
    python, mark = home / "bin" / "python", home / "requirements-installed.txt"
    requirements = HERE / f"requirements-{rival}.txt"
    if mark.exists() and mark.read_text() == requirements.read_text():
        return python
    print(f"Setting up {home} (about a minute, once)", file=sys.stderr)
    commands = ([maker, "-m", "venv", "--clear", home], [python, "-m", "pip", "install", "--quiet", "-r", requirements])
    for command in commands:
        made = subprocess.run(command, capture_output=True, text=True)
        if made.returncode:
            sys.exit(f"{rival}: {made.stderr.strip()}\npymc-marketing needs Python 3.12: pass one as --rival-python")
    mark.write_text(requirements.read_text())
    return python
