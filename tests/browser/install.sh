#!/bin/sh
# Gets what the tests need from Debian, where it is missing and we may: Chromium, and under CI also
# nginx, which would run as a service on anybody's own machine, and OpenSSL; with `node` as argument,
# what checks the JavaScript instead. Says so loudly where something cannot be had; under CI that is a
# failure, elsewhere the tests that need it are then skipped.
PATH="$PATH:/usr/sbin:/usr/local/sbin"
wanted=${1:-browser}
missing() {
    if [ "$wanted" = "node" ]; then
        command -v npm >/dev/null 2>&1 || printf ' nodejs npm'
        return 0
    fi
    command -v chromium >/dev/null 2>&1 || printf ' chromium'
    [ "${CI:-}" = "true" ] || return 0
    command -v nginx >/dev/null 2>&1 || printf ' nginx-light'
    command -v openssl >/dev/null 2>&1 || printf ' openssl'
}
[ -z "$(missing)" ] && exit 0
if command -v apt-get >/dev/null 2>&1; then
    as_root=""
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null && as_root="sudo -n"
    fi
    if [ "$(id -u)" = 0 ] || [ -n "$as_root" ]; then
        echo "Installing$(missing) from Debian for the tests ..."
        # shellcheck disable=SC2046
        $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends $(missing) >/dev/null
        [ -z "$(missing)" ] && exit 0
    fi
fi
echo "****************************************************************************"
echo "** Missing here, and could not be installed:$(missing)"
echo "** The tests that need it will NOT run. Install it, e.g. with apt install."
echo "****************************************************************************"
[ "${CI:-}" = "true" ] && exit 1
exit 0
