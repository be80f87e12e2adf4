#!/bin/sh
# Makes what docker-compose.yml reads from secrets/, each once: run it again and nothing changes.
set -eu
umask 077
mkdir -p secrets
random() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
[ -s secrets/secret_key ] || random >secrets/secret_key
[ -s secrets/database_password ] || random >secrets/database_password
[ -s secrets/database_url ] ||
    printf 'postgres://acts:%s@database:5432/acts' "$(cat secrets/database_password)" >secrets/database_url
# The containers do not run as root; the folder keeps others out, the files need not.
chmod 644 secrets/*
