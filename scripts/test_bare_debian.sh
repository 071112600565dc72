#!/usr/bin/env bash
# Proves that a clean clone builds on a Debian 12 machine with nothing prepared: makes a minimal
# Debian in DIR (once), clones the last commit into it, and runs make targets inside.
#
# Usage (as root):  scripts/test_bare_debian.sh DIR [TARGET...]     targets: build, or as given
#
# Packages come from wherever this machine gets its own. The minimal system is kept for the next
# run together with what was installed; FRESH=1 makes it anew. Needs debootstrap, about 4 GB.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
say() { echo "bare: $*"; }

[ $# -ge 1 ] || usage
root=$(realpath -m "$1")
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(build)
[ "$(id -u)" = 0 ] || { say "only root can make a system inside a folder"; exit 1; }
case "$root" in / | /usr* | /etc* | /home | "$PWD"*) say "$root is no place for it"; exit 1 ;; esac

# In a mount namespace of its own, every mount made below is gone when this ends, however it ends.
if [ "${BARE_NAMESPACE:-}" != 1 ]; then
    BARE_NAMESPACE=1 exec unshare --mount --propagation private -- "$0" "$root" "${targets[@]}"
fi

# This machine's Debian archives for its own release: "uri suite component" a line.
archives() {
    # shellcheck disable=SC2016  # apt fills these in
    apt-get indextargets 'Created-By: Packages' 'Origin: Debian' \
        --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' | sort -u
}

make_system() {
    local release mirror
    release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    mirror=$(archives | awk -v r="$release" '$2 == r && $3 == "main" { print $1; exit }')
    [ "$release" = bookworm ] || say "this machine is $release, so that is what is tested"
    [ -n "$mirror" ] || { say "apt here knows no Debian archive of $release; apt-get update?"; exit 1; }
    command -v debootstrap >/dev/null || apt-get install -y -q --no-install-recommends debootstrap
    if [ -e "$root" ] && [ ! -e "$root/.made" ]; then
        say "$root is there and was not made by this script: remove it or name another folder"
        exit 1
    fi
    say "making a minimal $release in $root"
    rm -rf --one-file-system "$root"
    mkdir -p "$root"
    debootstrap --variant=minbase "$release" "$root" "$mirror" >"$root.log" 2>&1 ||
        { tail -n 20 "$root.log"; exit 1; }
    archives | sed 's/^/deb /' >"$root/etc/apt/sources.list"
    touch "$root/.made"
}

# The way out to the archives, as this machine has it: names, proxy, authorities.
copy_network() {
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    local file
    for file in /etc/apt/apt.conf.d/*; do
        if grep -qiE 'Acquire::' "$file"; then cp "$file" "$root/etc/apt/apt.conf.d/"; fi
    done
    mkdir -p "$root/etc/ssl/certs"
    if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
        cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/host.crt"
    fi
}
environment() {
    echo "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    echo "HOME=/root"
    echo "LANG=C.UTF-8"
    env | grep -iE '^(http|https|no|all)_proxy=' || true
    if [ -f "$root/etc/ssl/certs/host.crt" ]; then
        echo "PIP_CERT=/etc/ssl/certs/host.crt"
        echo "NODE_EXTRA_CA_CERTS=/etc/ssl/certs/host.crt"
    fi
}
inside() {
    local settings
    mapfile -t settings < <(environment)
    chroot "$root" env -i "${settings[@]}" /bin/bash -c "$1"
}

if [ "${FRESH:-}" = 1 ] || [ ! -e "$root/.made" ]; then make_system; fi
copy_network
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"

say "cloning $(git rev-parse --short HEAD)"
[ -z "$(git status --porcelain)" ] || say "note: what is not committed is not in it"
rm -rf "$root/root/handin"
git clone --quiet --no-hardlinks . "$root/root/handin"

# All that a person brings along: make (git was needed outside).
inside 'command -v make >/dev/null || { apt-get update -q && apt-get install -y -q --no-install-recommends make; } >/dev/null'
for target in "${targets[@]}"; do
    say "make $target"
    start=$SECONDS
    inside "cd /root/handin && make $target"
    say "make $target took $((SECONDS - start)) s"
done
say "passed: ${targets[*]}"
