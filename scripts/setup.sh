#!/bin/sh
# Makes .venv with the locked packages: setup.sh product | tests | cluster. Run by make when a lock file changed.
set -eu
what=$1
venv=.venv

find_python() {
    for name in ${PYTHON:-} python3.11 python3.12 python3.13 python3; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "ACTS needs Python 3.11, 3.12 or 3.13 and found none." >&2
    echo "Install it (Debian: apt-get install python3 python3-venv) or name one: make PYTHON=/path/to/python3.11" >&2
    exit 1
}

python=$(find_python)
if [ ! -x "$venv/bin/python" ]; then
    echo "Making $venv with $("$python" --version)."
    "$python" -m venv "$venv" || {
        echo "Python's venv module is incomplete. Debian: apt-get install python3-venv" >&2
        rm -rf "$venv"
        exit 1
    }
fi
install() {
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}
echo "Installing the locked packages. The first time this takes some minutes."
# torch comes first and with its own needs, which differ from build to build; all else is exactly the lock.
install --constraint requirements.txt "$(grep '^torch==' requirements.txt)"
if [ "$what" = tests ]; then
    install --no-deps -r requirements-dev.txt
    touch "$venv/installed-product"
elif [ "$what" = cluster ]; then
    install --no-deps -r requirements-cluster.txt
else
    install --no-deps -r requirements.txt
fi
touch "$venv/installed-$what"
