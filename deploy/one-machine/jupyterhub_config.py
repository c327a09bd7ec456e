"""JupyterHub for one machine: `jupyterhub --config jupyterhub_config.py`, started by cnnlab-hub.service.

A learner has a Linux account, a server of their own with limits on memory and processor time (systemd holds
them), and their own copies of the lessons in ~/course. Nobody gets in who is not in the group `learners` or
`teachers`. README.md beside this file says step by step how to set it up.
"""

import contextlib
import grp
import sys
from pathlib import Path

c = get_config()  # noqa: F821

ENVIRONMENT = Path(sys.prefix)  # where cnnlab and JupyterHub are installed: /opt/cnnlab
STATE = Path("/srv/cnnlab/hub")  # the hub's own files: the list of users and servers, and its secrets
SHARED = Path("/srv/cnnlab/shared")  # what all may read and nobody may change: data, pictures, hand-outs
MEGABYTE = 1024**2

# --- Who may come in ----------------------------------------------------------------------------------------

# Linux accounts, made by the administrator. Being one is not enough: without a group nobody gets in.
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {"learners", "teachers"}
c.PAMAuthenticator.open_sessions = False  # systemd opens what a server needs

# Nobody is an administrator of the hub: one could open every server, and act in everybody's name. Teachers
# have a role instead: they see who is there, and can stop a server. The hub reads the group as it starts.
TEACHERS = []
with contextlib.suppress(KeyError):
    TEACHERS = grp.getgrnam("teachers").gr_mem

# --- Where it listens ---------------------------------------------------------------------------------------

# The proxy runs on its own (cnnlab-proxy.service) and the servers outlive the hub: it can be restarted in the
# middle of a lesson, and nobody notices. Caddy stands before the proxy and speaks https. The ports lie below
# 1024, where only root may listen: no learner can put a login page of their own there while one is free.
c.JupyterHub.bind_url = "http://127.0.0.1:880"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:882"
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:881"  # its token: CONFIGPROXY_AUTH_TOKEN, in secrets.env
c.JupyterHub.cleanup_proxy = False
c.JupyterHub.cleanup_servers = False

c.JupyterHub.db_url = f"sqlite:///{STATE / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.JupyterHub.cookie_max_age_days = 1
c.JupyterHub.trusted_downstream_ips = ["127.0.0.1"]

# --- What a learner gets ------------------------------------------------------------------------------------

c.JupyterHub.spawner_class = "systemd"
c.SystemdSpawner.mem_limit = "1G"  # the largest lesson's kernel and its server need 0.7: see ../README.md
c.SystemdSpawner.cpu_limit = 1.0  # nobody takes more than one core, however many networks they train
c.SystemdSpawner.unit_extra_properties = {"TasksMax": "500"}  # processes and threads
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.isolate_devices = True
c.SystemdSpawner.disable_user_sudo = True
c.SystemdSpawner.readonly_paths = [str(ENVIRONMENT), str(SHARED)]
c.SystemdSpawner.default_shell = "/bin/bash"

# Puts the learner's copies of the lessons in place, brings them up to date, then starts their server.
c.Spawner.cmd = [str(ENVIRONMENT / "bin" / "python"), str(Path(__file__).parent / "singleuser.py")]
c.Spawner.notebook_dir = "~/course"
c.Spawner.default_url = "/lab/tree/00_start_here.ipynb"
c.Spawner.environment = {
    "CNNLAB_SHARED": str(SHARED),
    # "yes": JupyterLab shows learners nbgrader's list of assignments, to fetch and to submit. It costs each
    # of them 35 MiB, and half a second of the processor when they come in.
    "CNNLAB_LIST_OF_ASSIGNMENTS": "",
    "OMP_NUM_THREADS": "1",  # twenty learners on two cores: more threads would only fight
    "OPENBLAS_NUM_THREADS": "1",
}
# No braces here: systemdspawner takes them for names that it is to fill in.
c.Spawner.args = [
    # Kernels speak over sockets in the learner's own folder. Over TCP any account of the machine could reach
    # their ports, and two kernels that start at once may choose the same one.
    "--KernelManager.transport=ipc",
    "--MappingKernelManager.cull_idle_timeout=1800",  # a kernel that did nothing for half an hour
    "--MappingKernelManager.cull_interval=120",
    f"--ServerApp.max_body_size={32 * MEGABYTE}",  # of an upload; JupyterLab sends larger files in pieces
    f"--ServerApp.max_buffer_size={32 * MEGABYTE}",
    "--ContentsManager.allow_hidden=False",
]
c.Spawner.start_timeout = 180  # at the start of a lesson many come at once
c.Spawner.http_timeout = 120
# All of them start at once: with a lower limit some are refused (429), and nobody waits less (tests.load).
c.JupyterHub.concurrent_spawn_limit = 100

# --- Who does nothing goes ----------------------------------------------------------------------------------

c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600", "--cull-every=300"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    },
    {
        "name": "teacher",
        "users": TEACHERS,
        "scopes": ["admin-ui", "list:users", "read:users:activity", "read:servers", "delete:servers"],
    },
]

# --- What is different on this machine ----------------------------------------------------------------------

# Another authenticator, other limits: written there, so that an update of this file does not undo it.
if (STATE / "local.py").exists():
    load_subconfig(str(STATE / "local.py"))  # noqa: F821
