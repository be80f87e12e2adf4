#!/bin/sh
# Installs from Debian what the tests drive besides Python packages and is not there yet: a browser, and the
# servers of the larger way to run. No browser is ever downloaded by a test tool.
set -eu
missing=""
command -v "${ACTS_CHROMIUM:-chromium}" >/dev/null 2>&1 || missing="$missing chromium"
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 ||
    missing="$missing postgresql"
# The proxy, and a server of names as containers have one; their folder is not in everybody's search path.
PATH=$PATH:/usr/sbin
command -v nginx >/dev/null 2>&1 || missing="$missing nginx"
command -v dnsmasq >/dev/null 2>&1 || missing="$missing dnsmasq-base"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests need these programs; please install them:$missing" >&2
    exit 1
fi
echo "Installing for the tests:$missing"
export DEBIAN_FRONTEND=noninteractive
# The tests start servers of their own; the packages' services and their default cluster are not wanted.
policy=/usr/sbin/policy-rc.d # asked by Debian before a package starts anything; 101 is its word for no
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
fi
mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] ||
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
apt-get update -qq
# shellcheck disable=SC2086 (a list of words)
apt-get install -y -qq --no-install-recommends $missing >/dev/null
