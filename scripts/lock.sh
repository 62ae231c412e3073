#!/usr/bin/env bash
# Resolves pyproject.toml into locks/*.txt and the dependencies layer's list: every package with its version and hashes, no registry named.
# Keeps what is already locked unless UPGRADE=1 is set.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly uv="${UV:-.tools/bin/uv}"
export UV_NO_MANAGED_PYTHON=1

compile() {
    local output="$1"
    shift
    "$uv" pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
        --python-version 3.13 ${UPGRADE:+--upgrade} --output-file "$output" "$@"
    echo "locked $output"
}

compile locks/dev.txt pyproject.toml --extra cli --group dev
# The layer ships the very versions that the tests ran against.
compile layers/dependencies/requirements.txt pyproject.toml --constraints locks/dev.txt
compile locks/sam.txt --group sam
compile locks/checkov.txt --group checkov
compile locks/uv.txt --group uv

(cd tools/asl && npm install --package-lock-only --ignore-scripts --no-audit --no-fund)
