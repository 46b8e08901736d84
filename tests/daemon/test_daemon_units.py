"""The systemd units are well-formed and give away little."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "systemd"

needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"),
    reason="systemd-analyze is not installed; get it with: apt-get install systemd",
)


def installed(name: str, where: Path) -> Path:
    """Return a copy of the unit that starts a program this machine has."""
    text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", (UNITS / name).read_text(), flags=re.MULTILINE)
    path = where / name.replace("@.", "@test.")
    path.write_text(text)
    return path


@needs_systemd
@pytest.mark.parametrize(
    ("name", "manager"), [("afterword.service", "--user"), ("afterword@.service", "--system")]
)
def test_systemd_has_nothing_to_say_about_the_units(tmp_path: Path, name: str, manager: str) -> None:
    """`systemd-analyze verify` accepts both units without a word."""
    unit = installed(name, tmp_path)
    done = subprocess.run(
        ["systemd-analyze", manager, "--man=no", "verify", str(unit)],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)},
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_systemd
def test_the_system_service_is_hardly_exposed(tmp_path: Path) -> None:
    """The exposure level of the system unit is at most 1.5 of 10."""
    unit = installed("afterword@.service", tmp_path)
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
        check=True,
    )
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert level
    assert float(level[1]) <= 1.5


@pytest.mark.parametrize("name", ["afterword.service", "afterword@.service"])
def test_what_only_a_person_can_mend_starts_no_loop(name: str) -> None:
    """A wrong configuration and refused credentials are not restarted."""
    assert "RestartPreventExitStatus=77 78" in (UNITS / name).read_text()
