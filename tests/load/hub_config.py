"""The configuration of deploy/one-machine on free ports, without systemd: the rest is as a class gets it."""

import os
from pathlib import Path

c = get_config()  # noqa: F821
deploy = Path(os.environ["LOAD_DEPLOY"])
load_subconfig(str(deploy / "one-machine" / "jupyterhub_config.py"))  # noqa: F821

state = Path(os.environ["LOAD_STATE"])
proxy, api, hub = os.environ["LOAD_PORTS"].split()
c.JupyterHub.bind_url = f"http://127.0.0.1:{proxy}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{hub}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{api}"
c.JupyterHub.db_url = f"sqlite:///{state / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(state / "cookie_secret")
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"  # under the learner's own account
c.Spawner.environment = dict(c.Spawner.environment) | {"CNNLAB_SHARED": str(deploy / "shared")}
c.PAMAuthenticator.allowed_groups = {os.environ["LOAD_GROUP"]}
(teachers,) = (role for role in c.JupyterHub.load_roles if role["name"] == "teacher")
teachers["users"] = os.environ["LOAD_TEACHERS"].split()
