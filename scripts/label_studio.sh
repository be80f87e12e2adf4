#!/bin/sh
# Installs Label Studio for the integration tests: in a virtual environment of its own, since it pins other versions
# of what the product uses, and in a cache folder, since it takes a minute. ACTS_LABEL_STUDIO names another folder.
set -eu
version=1.23.2
place=${ACTS_LABEL_STUDIO:-${XDG_CACHE_HOME:-$HOME/.cache}/acts/label-studio-$version}
[ -f "$place/installed" ] && exit 0
python=$(cd "$(dirname "$0")/.." && pwd)/.venv/bin/python
echo "Installing Label Studio $version in $place. This takes about a minute."
rm -rf "$place"
mkdir -p "$place"
"$python" -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check "label-studio==$version" \
    >"$place/install.log" 2>&1 || {
    cat "$place/install.log" >&2
    echo "Label Studio could not be installed; the log is $place/install.log" >&2
    exit 1
}
touch "$place/installed"
