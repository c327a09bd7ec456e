# make lab              set everything up (once) and open your copies of the lessons in JupyterLab
# make update           bring a new version of the lessons in; what you have touched is kept beside it
# make reset LESSON=06  begin a lesson anew; the old one is kept beside it
# make book             write the course as a web site to book/site (SERVE=1 serves it, EXECUTE=1 runs the lessons first)
# make worksheets LESSON=02 SEED=7 VARIANTS=30   write worksheets and their key to worksheets/ (all lessons without
#                       LESSON; PAPER=letter, TO=folder)
# make report NOTEBOOK=course/23_do_a_project_of_your_own.ipynb   run a project and write its report (TO=file.html)
# make test             set everything up and run every test
# make test-hub         as root, where nothing can be harmed: a hub, learners, mishaps, a backup, nbgrader (deploy/)
#
# PORT=9999 chooses the port, ARGS=--no-browser (or anything else) is handed to JupyterLab.

PYTHON ?= python3
PORT ?= 8888
ARGS ?=
# Learners work on copies that git ignores, so that a new version never collides with what they have written.
COURSE := course
BIN := .venv/bin
ENV := $(BIN)/python

# Four workers: those that drive a browser wait for a kernel half of the time. One thread each: they are many.
SUITE := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(ENV) -m pytest -m "browser or not browser" --nbval \
	-n 4 --dist loadscope --no-loadscope-reorder tests cnnlab notebooks

.PHONY: lab update reset book worksheets report test test-lowest test-torch test-hub notebooks lock bench clean

lab: .venv/ready
	$(ENV) -m cnnlab lab --folder $(COURSE) --port=$(PORT) $(ARGS)

update: .venv/ready
	$(ENV) -m cnnlab update --folder $(COURSE)

reset: .venv/ready
	$(ENV) -m cnnlab reset --folder $(COURSE) "$(LESSON)"

book: .venv/ready-dev
	$(ENV) -m book $(if $(SERVE),--serve) $(if $(EXECUTE),--execute) $(if $(LITE),--lite) $(if $(URL),--url "$(URL)") \
		$(if $(REPOSITORY),--repository "$(REPOSITORY)")

worksheets: .venv/ready-dev
	$(ENV) -m book.worksheets --lesson "$(LESSON)" $(if $(SEED),--seed "$(SEED)") \
		$(if $(VARIANTS),--variants "$(VARIANTS)") $(if $(PAPER),--paper "$(PAPER)") $(if $(TO),--to "$(TO)")

report: .venv/ready
	$(ENV) -m cnnlab report "$(NOTEBOOK)" $(if $(TO),--to "$(TO)")

# Outputs are compared to the last digit printed, and a training carries each rounding on. So whatever runs notebooks
# to compare or to keep them uses the same kernels of OpenBLAS on all x86 processors (tests/canonical.py: KERNELS).
ifeq ($(shell uname -m),x86_64)
test test-lowest test-torch notebooks: export OPENBLAS_CORETYPE := Haswell
test test-lowest test-torch notebooks: export OPENBLAS_L2_SIZE := 512
endif

test: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/zizmor --quiet --offline .github/workflows
	if [ -d tests/browser/node_modules ]; then tests/browser/node_modules/.bin/eslint \
		--config tests/browser/eslint.config.mjs cnnlab/stage/stage.js cnnlab/lab/without_kernel.js \
		book/assets/book.js book/assets/first.js book/assets/slides.js book/assets/worksheets.js \
		book/assets/links.js && cat cnnlab/stage/stage.js book/assets/scenes.js \
		| tests/browser/node_modules/.bin/eslint --config tests/browser/eslint.config.mjs --stdin \
		--stdin-filename book/assets/page.js; fi
	$(SUITE)

# The fast tests on the lowest versions that pyproject.toml allows; only the lock's own test has no say there. Lesson 22
# runs there without any of the libraries that it hands networks over to.
LOWEST := .venv-lowest/bin/python
test-lowest: .venv-lowest/ready
	$(LOWEST) -m pytest -q --deselect tests/test_environment.py::test_the_installed_versions_are_the_locked_ones
	$(LOWEST) -m pytest -q --nbval notebooks/22_go_from_lenet_to_pytorch.ipynb

# What hands networks over to PyTorch, with it. By pip, which takes a build for the processor where one is offered.
test-torch: .venv/ready-dev
	$(ENV) -m pip install --quiet --disable-pip-version-check torch==2.13.0
	OMP_NUM_THREADS=1 $(ENV) -m pytest -q --nbval tests/test_exchange.py tests/test_nn_blueprint.py \
		tests/test_nn_losses.py notebooks/22_go_from_lenet_to_pytorch.ipynb \
		notebooks/solutions/22_go_from_lenet_to_pytorch.ipynb

# A hub, in an environment that every account can read, with a Python that every account can run. It is installed as
# on a server, so each run installs the package anew. CNNLAB_HUB=1 makes an error of what is missing (root, npm, restic,
# bubblewrap), which is otherwise told and skipped.
HUB ?= /var/tmp/cnnlab-hub
HUB_PYTHON ?= /usr/bin/python3
HUB_ENV := $(HUB)/bin/python
test-hub: $(HUB)/ready
	$(HUB_ENV) -m pip install --quiet --disable-pip-version-check --no-deps .
	rm -rf build
	CONFIGURABLE_HTTP_PROXY=$(HUB)/node_modules/.bin/configurable-http-proxy $(HUB_ENV) -m pytest -q -rs tests/load
	CONFIGURABLE_HTTP_PROXY=$(HUB)/node_modules/.bin/configurable-http-proxy $(HUB_ENV) -m tests.load --if-possible

$(HUB)/ready: requirements.txt deploy/one-machine/requirements.txt
	test -x $(HUB_ENV) || $(HUB_PYTHON) -m venv $(HUB)
	$(HUB_ENV) -m pip install --quiet --disable-pip-version-check -r requirements.txt -r deploy/one-machine/requirements.txt
	if command -v npm >/dev/null; then npm install --silent --no-audit --no-fund --no-save --prefix $(HUB) \
		configurable-http-proxy@5.1.0; fi
	touch $@

.venv-lowest/ready: .venv/ready-dev pyproject.toml
	$(BIN)/uv venv --quiet --clear --python $(ENV) .venv-lowest
	$(BIN)/uv pip install --quiet --python $(LOWEST) --resolution lowest-direct -e '.[test]'
	touch $@

# Run every notebook in a fresh kernel and write it back in the form in which it is kept.
notebooks: .venv/ready-dev
	$(ENV) -m tests.canonical

bench: .venv/ready-dev
	$(ENV) -m tests.benchmarks.stage
	$(ENV) -m tests.benchmarks.scenes
	$(ENV) -m tests.benchmarks.start
	$(ENV) -m tests.benchmarks.digits
	$(ENV) -m tests.benchmarks.notebooks

# Choose the newest versions that pyproject.toml allows, the same on every platform and Python.
LOCK := uv pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
	--custom-compile-command "make lock" pyproject.toml
lock: .venv/ready-dev
	$(BIN)/$(LOCK) --extra test -o requirements.txt
	$(BIN)/$(LOCK) --extra dev -c requirements.txt -o requirements-dev.txt
	cd deploy/one-machine && ../../$(BIN)/$(subst pyproject.toml,requirements.in,$(LOCK)) -c ../../requirements.txt \
		-o requirements.txt

.venv/ready: requirements.txt pyproject.toml $(wildcard cnnlab/lab/*)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cnnlab needs Python 3.11 or newer; set PYTHON=")'
	test -x $(ENV) || $(PYTHON) -m venv .venv
	$(ENV) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(ENV) -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

.venv/ready-dev: .venv/ready requirements-dev.txt tests/browser/package-lock.json
	$(ENV) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	if command -v npm >/dev/null; then npm ci --silent --no-audit --no-fund --prefix tests/browser; fi
	touch $@

clean:
	rm -rf .venv .venv-lowest $(HUB) tests/browser/node_modules
