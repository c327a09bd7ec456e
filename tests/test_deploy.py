"""What stands in deploy/: names that the chart knows, a Dockerfile, tables that agree with figures."""

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from traitlets.config import Config

from tests.canonical import NOTEBOOKS
from tests.helpers.modules import module_from

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"

# --- Zero to JupyterHub -------------------------------------------------------------------------------------

# The chart's schema allows these names and kinds at these places (read in `jupyterhub/values.schema.yaml` of
# the chart's repository, which refuses every other name); `object` is where it takes anything.
NUMBER, TEXT, SIZE = (int, float), (str,), (str, int, float)
ENABLED = {"enabled": bool}
CHART = {
    "hub": {"config": object, "loadRoles": object, "concurrentSpawnLimit": int, "activeServerLimit": int},
    "proxy": {"https": {**ENABLED, "hosts": list, "letsencrypt": {"contactEmail": str}}},
    "singleuser": {
        "image": {"name": str, "tag": str, "pullPolicy": str},
        "cmd": (list, str),
        "defaultUrl": str,
        "startTimeout": int,
        "memory": {"guarantee": SIZE, "limit": SIZE},
        "cpu": {"guarantee": NUMBER, "limit": NUMBER},
        "storage": {"capacity": str, "homeMountPath": str, "extraVolumes": list, "extraVolumeMounts": list},
        "extraEnv": object,
        "cloudMetadata": {"blockWithIptables": bool},
    },
    "prePuller": {"hook": ENABLED, "continuous": ENABLED},
    "scheduling": {
        "userScheduler": {**ENABLED, "replicas": int},
        "podPriority": {**ENABLED, "globalDefault": bool, "defaultPriority": int},
        "userPlaceholder": {**ENABLED, "replicas": int},
    },
    "cull": {**ENABLED, "users": bool, "timeout": int, "every": int, "maxAge": int},
}  # fmt: skip


def strangers(values, known, place="values"):
    """Return what a chart with these names would refuse, in words."""
    if known is object:
        return []
    if not isinstance(known, dict):
        right = isinstance(values, known) and not (isinstance(values, bool) and known is not bool)
        return [] if right else [f"{place} is {values!r}"]
    if not isinstance(values, dict):
        return [f"{place} is {values!r}"]
    found = [f"{place}.{name} is not known" for name in values if name not in known]
    for name, each in known.items():
        if name in values:
            found += strangers(values[name], each, f"{place}.{name}")
    return found


@pytest.fixture(scope="module")
def values():
    return yaml.safe_load((KUBERNETES / "values.yaml").read_text(encoding="utf-8"))


def test_the_chart_knows_every_name(values):
    assert strangers(values, CHART) == []


@pytest.mark.parametrize(
    "change",
    [
        {"singleUser": {}},
        {"singleuser": {"memory": {"guarantees": "1G"}}},
        {"singleuser": {"memory": "1G"}},
        {"singleuser": {"extraEnv": {}, "default_url": "/lab"}},
        {"scheduling": {"userPlaceholder": {"replicas": "30"}}},
        {"prePuller": {"continuous": True}},
        {"cull": {"enabled": "yes"}},
        {"cull": {"timeout": True}},
    ],
)
def test_a_misspelt_name_or_a_wrong_kind_is_found(change):
    assert len(strangers(change, CHART)) == 1


def test_what_z2jh_leaves_open_is_shut(values):
    """The chart's own authenticator takes any name with any password; a learner's server has no limits."""
    config = values["hub"]["config"]
    assert config["JupyterHub"]["authenticator_class"] not in ("dummy", "null", "shared-password")
    (authenticator,) = (each for name, each in config.items() if name.endswith("Authenticator"))
    assert authenticator["allowed_groups"]
    assert not authenticator.get("allow_all")
    assert (
        values["singleuser"]["memory"].keys() == values["singleuser"]["cpu"].keys() == {"guarantee", "limit"}
    )
    assert "--KernelManager.transport=ipc" in config["KubeSpawner"]["args"]
    assert values["scheduling"]["userPlaceholder"]["replicas"] > 0
    assert values["scheduling"]["podPriority"]["enabled"]
    assert values["prePuller"]["continuous"]["enabled"]


def test_image_and_chart_have_the_same_hub():
    """The chart's version in the README decides the hub's, and the image is pinned to that one."""
    told = (KUBERNETES / "README.md").read_text(encoding="utf-8")
    (chart,) = set(re.findall(r"--version (\d+)\.", told))
    assert {"4": "5"}[chart] == re.search(r'"jupyterhub==(\d+)\.\*"', told)[1]
    first = (KUBERNETES / "values.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert f"chart {chart} (its hub is JupyterHub 5)" in first


def test_the_folder_of_the_image_is_not_hidden_by_a_learners_home(values):
    """A volume is mounted over the home folder: what repo2docker put there would be gone."""
    told = (KUBERNETES / "README.md").read_text(encoding="utf-8")
    folder = re.search(r"--target-repo-dir (\S+)", told)[1]
    assert not folder.startswith("/home")
    program = values["singleuser"]["cmd"][-1]
    assert program.startswith(folder)
    assert (ROOT / Path(program).relative_to(folder)).is_file()


@pytest.mark.skipif(not shutil.which("repo2docker", path=str(Path(sys.executable).parent)),
                    reason="repo2docker is not installed (requirements-dev.txt)")  # fmt: skip
def test_repo2docker_makes_a_dockerfile_of_it():
    told = (KUBERNETES / "README.md").read_text(encoding="utf-8")
    folder = re.search(r"--target-repo-dir (\S+)", told)[1]
    appendix = re.search(r"--appendix '([^']+)'", told)[1]
    command = [Path(sys.executable).with_name("repo2docker"), "--no-build", "--debug", "--user-id", "1000"]
    command += ["--user-name", "jovyan", "--target-repo-dir", folder, "--appendix", appendix]
    printed = subprocess.run([*command, str(ROOT)], capture_output=True, text=True, timeout=120)
    text = printed.stdout + printed.stderr
    assert printed.returncode == 0, text[-2000:]
    assert "Building conda environment for python=3.13" in text
    assert appendix in text
    assert "ARG REPO_DIR" in text
    assert "src/ ${REPO_DIR}/" in text


# --- One machine --------------------------------------------------------------------------------------------


def test_both_hubs_start_learners_in_the_same_way(values):
    """Limits of uploads, kernels over sockets, idle kernels: said in two files, the same in both."""
    source = (DEPLOY / "one-machine" / "jupyterhub_config.py").read_text(encoding="utf-8")
    for argument in values["hub"]["config"]["KubeSpawner"]["args"]:
        name, _, value = argument.partition("=")
        assert name in source
        assert value in source or int(value) == 32 * 1024**2
    assert values["singleuser"]["defaultUrl"] in source


def test_systemdspawner_finds_no_names_to_fill_in_by_mistake():
    """It formats each word of the command: braces, of a dict say, are names to it that it does not know."""
    source = (DEPLOY / "one-machine" / "jupyterhub_config.py").read_text(encoding="utf-8")
    config = Config()  # what JupyterHub's own get_config gives
    place = {"get_config": lambda: config, "__file__": str(DEPLOY / "one-machine" / "jupyterhub_config.py")}
    exec(compile(source, "jupyterhub_config.py", "exec"), place)
    words = [*config.Spawner.cmd, *config.Spawner.args]
    assert len(words) > 5
    for word in words:
        assert word.format(USERNAME="ada", USERID=1) == word


def test_nobody_is_an_administrator_of_either_hub(values):
    """One could open every learner's server, whatever else is set."""
    text = (DEPLOY / "one-machine" / "jupyterhub_config.py").read_text(encoding="utf-8")
    assert "admin_groups" not in text
    assert "admin_users" not in text
    assert "admin_groups" not in str(values)
    assert "admin_users" not in str(values)
    (role,) = values["hub"]["loadRoles"].values()
    for scope in role["scopes"]:
        assert f'"{scope}"' in text


def test_files_of_one_machine_are_where_services_look_for_them():
    folder = DEPLOY / "one-machine"
    for service in folder.glob("*.service"):
        for name in re.findall(r"/opt/cnnlab/deploy/(\S+)", service.read_text(encoding="utf-8")):
            assert (folder / name).is_file()
    assert (folder / "backup").stat().st_mode & 0o111
    ast.parse((folder / "singleuser.py").read_text(encoding="utf-8"))


# --- Sizes --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plan():
    return module_from(DEPLOY / "plan.py")


def test_every_lesson_has_been_measured():
    sizes = json.loads((DEPLOY / "sizes.json").read_text(encoding="utf-8"))
    assert set(sizes) == {path.stem for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")}
    assert all(0 < one["start"] <= one["peak"] and one["seconds"] > 0 for one in sizes.values())


def test_the_tables_are_those_of_the_plan(plan):
    told = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for name, table in plan.tables().items():
        assert f"<!-- plan: {name} -->\n{table}\n<!-- end -->" in told, "run python deploy/plan.py --write"


def test_more_memory_bears_more_learners(plan):
    assert 0 == plan.fit(0.5, 200) <= plan.fit(4, 400) < plan.fit(4, 200) < plan.fit(16, 200)
    assert plan.fit(4, 200) * 200 + plan.HUB <= 4 * 1024


def test_the_simulation_keeps_to_its_nodes(plan):
    """On a node that is there, few learners wait for a start alone; else for the machine and the image."""
    easy = plan.simulate(4, 10, seats=10, cores=8, ready=1, placeholders=0)
    assert easy["nodes"] == 1
    assert easy["waits"][-1] < 2 * plan.START
    alone = plan.simulate(1, 1, seats=10, cores=8, ready=0, placeholders=0, pulled=False)
    assert alone["waits"] == [pytest.approx(plan.BOOT + plan.PULL + plan.START)]
    rush = plan.simulate(100, 1, seats=10, cores=8, ready=1, placeholders=0)
    assert rush["nodes"] == 10
    assert len(rush["waits"]) == 100
    kept = plan.simulate(100, 10, seats=10, cores=8, ready=1, placeholders=20)
    bare = plan.simulate(100, 10, seats=10, cores=8, ready=1, placeholders=0)
    assert sum(kept["waits"]) < sum(bare["waits"])  # what placeholders are for
    prepared = plan.simulate(100, 10, seats=10, cores=8, ready=10, placeholders=0)
    assert prepared["waits"][-1] < plan.BOOT
    assert prepared["nodes"] == 10
