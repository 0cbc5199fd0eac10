#!/bin/sh
# Gets Chromium from Debian where it is missing and we may. Says so loudly where it cannot be had;
# under CI that is a failure, elsewhere the browser tests are then skipped.
command -v chromium >/dev/null 2>&1 && exit 0
if command -v apt-get >/dev/null 2>&1; then
    as_root=""
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null && as_root="sudo -n"
    fi
    if [ "$(id -u)" = 0 ] || [ -n "$as_root" ]; then
        echo "Installing Chromium from Debian for the browser tests ..."
        $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends chromium >/dev/null
        command -v chromium >/dev/null 2>&1 && exit 0
    fi
fi
echo "****************************************************************************"
echo "** There is no Chromium here and it could not be installed:               **"
echo "** the browser tests will NOT run. Install it, e.g. apt install chromium. **"
echo "****************************************************************************"
[ "${CI:-}" = "true" ] && exit 1
exit 0
