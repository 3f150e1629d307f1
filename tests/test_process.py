"""A process that leaves without taking itself apart still says everything, cleans up and has its exit code."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("exit_code", [0, 2])
def test_what_was_said_and_what_was_to_be_cleaned_up_is_not_lost(exit_code):
    program = (
        "import atexit, sys; from pipelines.process import leave;"
        f"atexit.register(print, 'cleaned up'); sys.stdout.write('said, '); leave({exit_code})"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (exit_code, "said, cleaned up\n", "")


@pytest.mark.parametrize(("arguments", "exit_code"), [(["--version"], 0), (["run", "--source", "shopify"], 2)])
def test_the_command_ends_with_its_own_exit_code(arguments, exit_code, tmp_path):
    program = [sys.executable, "-c", "from pipelines.cli import program; program()", *arguments]
    ended = subprocess.run(program, capture_output=True, text=True, cwd=tmp_path)
    assert ended.returncode == exit_code
    assert ended.stdout if exit_code == 0 else "shopify" in ended.stderr
