# SPDX-License-Identifier: Apache-2.0
# What the scripts share: places, versions, and how they speak. Sourced, never run.

set -euo pipefail
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kawela
mkdir -p "$cache"

say() { printf '[%s] %s\n' "$(date +%H:%M:%S)" "$*" >&2; }
fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

worker=
log=
partial=
# Whatever ends a script, Ctrl-C too, ends the command it waits for and removes what is half done.
tidy() {
    [ -z "$worker" ] || { kill -TERM -- "-$worker" && wait "$worker"; } 2>/dev/null || true
    rm -rf ${log:+"$log"} ${partial:+"$partial"}
}
trap tidy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Runs a long command quietly: a line with the elapsed time every 10 seconds, and its output only when it fails.
patiently() {
    local what=$1 status=0 started=$SECONDS next=10
    shift
    log=$(mktemp "$cache/log.XXXXXX")
    say "$what ..."
    set -m # A process group of its own, so that all of it can be ended.
    "$@" >"$log" 2>&1 </dev/null 9>&- &
    worker=$!
    set +m
    while kill -0 "$worker" 2>/dev/null; do
        sleep 0.2
        if ((SECONDS - started >= next)); then
            say "$what: $((SECONDS - started)) s; $(tail -n 1 "$log" | tr -d '\r' | cut -c 1-90)"
            next=$((next + 10))
        fi
    done
    wait "$worker" || status=$?
    worker=
    [ $status -eq 0 ] || { tail -n 40 "$log" && say "$what: failed"; } >&2
    rm -f "$log"
    return $status
}

# Makes the folder $1 with the command "${@:3}" (which gets a temporary folder as its last argument), unless it is there
# already. The folder appears complete or not at all; two at a time do not disturb each other. $2 says what it is.
once() {
    local folder=$1 what=$2
    shift 2
    [ -d "$folder" ] && return
    exec 9>"$folder.lock"
    flock -n 9 || { say "$what: waiting for another process that prepares it"; flock 9; }
    if [ ! -d "$folder" ]; then
        rm -rf "$folder".new.*
        partial=$(mktemp -d "$folder.new.XXXXXX")
        chmod 755 "$partial"
        "$@" "$partial"
        mv -T "$partial" "$folder"
    fi
    exec 9>&-
}

# The mirrors of Debian itself (not of security updates or other vendors) that apt is set up with, in any of its formats.
debian_mirrors() {
    apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(LABEL)' 'Created-By: Packages' |
        awk '$2 == "Debian" && $3 == "Debian" && !seen[$1]++ { print $1 }'
}

# Unpacks packages "${@:3}" of Debian's suite $1, with what they depend on, into the folder $2, which is made anew. Of a suite
# of backports come these packages; what they depend on comes from there where the suite itself is too old. With
# ARCHITECTURE=arm64 they are for another machine.
extract_packages() {
    local suite=$1 folder=$2 base=${1%-backports} mirror packages proxy options sources
    shift 2
    packages=$(IFS=, && echo "$*")
    options=(--aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"')
    options+=(--aptopt="APT::Default-Release \"$suite\"" ${ARCHITECTURE:+--architectures="$ARCHITECTURE"})
    proxy=$(apt-config dump 2>/dev/null | sed -n 's/^Acquire::http::Proxy "\(.\+\)";$/\1/p')
    [ -z "$proxy" ] || options+=(--aptopt="Acquire::http::Proxy \"$proxy\"")
    for mirror in $(debian_mirrors) http://deb.debian.org/debian/; do
        rm -rf "$folder"
        sources=("deb $mirror $base main")
        [ "$base" = "$suite" ] || sources+=("deb $mirror $suite main")
        mmdebstrap --variant=extract --format=directory --include="$packages" "${options[@]}" \
            "$base" "$folder" "${sources[@]}" && return
    done
    return 1
}
