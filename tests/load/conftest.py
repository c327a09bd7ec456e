"""What pytest must not read as a test: the hub's configuration, which only JupyterHub can run."""

collect_ignore = ["hub_config.py"]
