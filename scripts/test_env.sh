#!/usr/bin/env bash
# What the API tests need besides Debian packages: a Python environment in build/venv and the
# JavaScript clients in tests/api/node_modules, both exactly as pinned there; and a Kafka broker in
# build/kafka. Redone only when a list of pins changes.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-/usr/bin/python3}
venv=build/venv
pins=tests/api/requirements.txt
lock=tests/api/package-lock.json

# current STAMP FILE VERSION: does the stamp say that this list was installed by this interpreter?
sum() { { sha256sum <"$1"; echo "$2"; } | tr '\n' ' '; }
current() { [ -f "$1" ] && [ "$(cat "$1")" = "$(sum "$2" "$3")" ]; }

if [ -f "$pins" ]; then
    version=$("$python" --version)
    if ! current "$venv/.pins" "$pins" "$version"; then
        echo "test-env: installing the Python packages of $pins"
        rm -rf "$venv"
        "$python" -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check --no-input -r "$pins"
        sum "$pins" "$version" >"$venv/.pins"
    fi
fi

if [ -f "$lock" ]; then
    version=$(node --version)
    if ! current tests/api/node_modules/.pins "$lock" "$version"; then
        echo "test-env: installing the JavaScript packages of $lock"
        npm ci --prefix tests/api --no-audit --no-fund --ignore-scripts --loglevel=error
        sum "$lock" "$version" >tests/api/node_modules/.pins
    fi
fi

# The broker that Kafka's tests start: its jars, each exactly as listed.
kafka=build/kafka
sums=tests/support/kafka/SHA256SUMS
if [ -f "$sums" ] && ! (cd "$kafka" 2>/dev/null && sha256sum --quiet --check "../../$sums") 2>/dev/null; then
    echo "test-env: fetching a Kafka broker"
    rm -rf "$kafka"
    mkdir -p "$kafka"
    mvn --quiet --batch-mode -f tests/support/kafka/pom.xml \
        org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$PWD/$kafka/lib"
    (cd "$kafka" && sha256sum --quiet --check "../../$sums")
fi
