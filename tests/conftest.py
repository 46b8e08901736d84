"""The real servers that tests of every area may ask for, and the promise that CI skips nothing."""

import os
from collections.abc import Generator

import pytest
from servers.dovecot import dovecot, dovecot_server
from servers.fault_proxy import fault_proxy
from servers.gmail_peer import gmail_emulator, gmail_proxy, gmail_user
from servers.pymap_server import pymap_server

__all__ = [
    "dovecot",
    "dovecot_server",
    "fault_proxy",
    "gmail_emulator",
    "gmail_proxy",
    "gmail_user",
    "pymap_server",
]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a skipped test fail where AFTERWORD_NO_SKIPS is set: what CI lacks, `.ci/run` has to install."""
    report = yield
    if report.skipped and os.environ.get("AFTERWORD_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {report.longrepr}"
    return report
