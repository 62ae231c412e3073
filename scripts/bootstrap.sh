#!/usr/bin/env bash
# Sets up everything the Makefile needs, inside this directory only:
#   .tools/        uv, at the locked version
#   .venv/         the product, its tests and the embedded AWS
#   .venv-sam/     the SAM CLI (its botocore is not the one MiniStack pins)
#   .venv-checkov/ the template scanner (likewise)
#   tools/asl/     asl-validator, from npm
# Safe to run again at any time: a part whose lock file has not changed is left alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The functions run on this version, and `sam build` insists on it.
readonly python_version=3.13
# uv uses an interpreter that is there; it never downloads one.
export UV_NO_MANAGED_PYTHON=1 UV_PYTHON_DOWNLOADS=never
# Tools start in half the time with bytecode in place, and some machines forbid writing it later.
export UV_COMPILE_BYTECODE=1
unset VIRTUAL_ENV PYTHONPATH PYTHONHOME

say() { printf '%s\n' "$*" >&2; }

die() {
    say "bootstrap: $*"
    exit 1
}

# A pyenv shim answers to the name even where its version is not active, so each candidate has to run.
runs_wanted_python() {
    [[ -n "$1" ]] && [[ "$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" == "$python_version" ]]
}

candidates() {
    local root
    printf '%s\n' "${PYTHON313:-}"
    type -ap "python$python_version" || true
    for root in "${PYENV_ROOT:-}" "${HOME:-}/.pyenv"; do
        # Newest patch release first.
        find "$root/versions" -maxdepth 1 -name "$python_version*" 2>/dev/null | sort -rV | sed 's|$|/bin/python3|' || true
    done
    printf '%s\n' "/usr/local/bin/python$python_version" "/opt/homebrew/bin/python$python_version"
    type -ap python3 || true
    uv python find --no-project "$python_version" 2>/dev/null || true
}

find_python() {
    local candidate
    while read -r candidate; do
        if runs_wanted_python "$candidate"; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done < <(candidates)
    die "no Python $python_version found.
  Install one, for example:
    Debian 13, Ubuntu 25.04 or later   apt-get install python3.13 python3.13-venv
    with pyenv                         pyenv install 3.13
    with uv                            uv python install 3.13
    macOS                              brew install python@3.13
  or name one that is not on PATH:     PYTHON313=/path/to/python3.13 make bootstrap"
}

# fresh PART INPUT...: whether PART was made from just these inputs.
fresh() {
    local part="$1"
    shift
    [[ -f "$part/.stamp" && "$(<"$part/.stamp")" == "$(digest "$@")" ]]
}

stamp() {
    local part="$1"
    shift
    digest "$@" >"$part/.stamp"
}

# The script is an input too: what it installs may change with it.
digest() { cat "$@" "${BASH_SOURCE[0]}" | cksum; }

install_uv() {
    fresh .tools locks/uv.txt && [[ -x .tools/bin/uv ]] && return
    local python
    python="$(find_python)"
    say "bootstrap: uv -> .tools"
    rm -rf .tools
    "$python" -m venv .tools || die "'$python -m venv' failed; on Debian and Ubuntu: apt-get install python$python_version-venv"
    .tools/bin/python -m pip install -qq --disable-pip-version-check --only-binary :all: --require-hashes -r locks/uv.txt
    stamp .tools locks/uv.txt
}

# install_environment DIRECTORY LOCK [INPUT...]: a virtual environment with exactly what the lock names.
install_environment() {
    local directory="$1" lock="$2"
    local -a inputs=("${@:2}")
    fresh "$directory" "${inputs[@]}" && "$directory/bin/python" -c '' 2>/dev/null && return
    say "bootstrap: $lock -> $directory"
    runs_wanted_python "$directory/bin/python" || .tools/bin/uv venv --quiet --clear --python "$(find_python)" "$directory"
    .tools/bin/uv pip sync --quiet --require-hashes --python "$directory/bin/python" "$lock"
    if [[ "$directory" == .venv ]]; then
        # Built with the locked hatchling: an isolated build would fetch an unlocked one.
        .tools/bin/uv pip install --quiet --no-deps --no-build-isolation --python .venv/bin/python --editable .
    fi
    stamp "$directory" "${inputs[@]}"
}

install_asl_validator() {
    fresh tools/asl/node_modules tools/asl/package-lock.json && return
    command -v npm >/dev/null || die "npm not found: install Node.js 20 or later (it runs the state-machine validator)."
    say "bootstrap: asl-validator -> tools/asl"
    (cd tools/asl && npm ci --silent --ignore-scripts)
    stamp tools/asl/node_modules tools/asl/package-lock.json
}

install_uv
install_environment .venv locks/dev.txt pyproject.toml
install_environment .venv-sam locks/sam.txt
install_environment .venv-checkov locks/checkov.txt
install_asl_validator
