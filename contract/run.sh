#!/usr/bin/env bash
# Checks the simulators with clients that are not part of this project. Installs them
# below contract/ on the first run (about 600 MB); `make bootstrap` has to have run before.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

exec .venv/bin/python -m contract "$@"
