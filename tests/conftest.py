"""The real servers that tests of every area may ask for."""

from servers.dovecot import dovecot, dovecot_server
from servers.fault_proxy import fault_proxy
from servers.pymap_server import pymap_server

__all__ = ["dovecot", "dovecot_server", "fault_proxy", "pymap_server"]
