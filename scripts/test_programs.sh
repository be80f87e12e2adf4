#!/bin/sh
# Installs from Debian what the tests drive besides Python packages and is not there yet: a browser, and the two
# servers of the larger way to run. No browser is ever downloaded by a test tool.
set -eu
missing=""
command -v "${ACTS_CHROMIUM:-chromium}" >/dev/null 2>&1 || missing="$missing chromium"
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 ||
    missing="$missing postgresql"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests need these programs; please install them:$missing" >&2
    exit 1
fi
echo "Installing for the tests:$missing"
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
# The tests start servers of their own; the packages' services and their default cluster are not wanted.
mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] ||
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
apt-get update -qq
# shellcheck disable=SC2086 (a list of words)
apt-get install -y -qq --no-install-recommends $missing >/dev/null
