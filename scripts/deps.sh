#!/usr/bin/env bash
# Installs the Debian packages of one set that are not there yet, without asking anything.
# Usage: scripts/deps.sh build|test|bench        (test includes build; bench includes build)
set -euo pipefail
cd "$(dirname "$0")/.."

# set    package                  what for
table() {
    grep -v '^ *#' <<'TABLE'
build    clang-19                 the compiler (docs/decisions/0001-clang-19.md)
build    libstdc++-12-dev         its standard library
build    lld-19                   linker
build    cmake                    build description
build    ninja-build              build runner
build    make                     these commands
build    ccache                   rebuilds from memory
build    pkg-config               finds toml++
build    libboost1.81-dev         event loop, HTTP (Asio, Beast)
build    libboost-json1.81-dev    JSON
build    libboost-url1.81-dev     URLs
build    libssl-dev               TLS, hashes, signatures
build    libsqlite3-dev           the default database
build    libsqlitecpp-dev         its C++ interface
build    libpq-dev                PostgreSQL, for sites with several nodes
build    libcurl4-openssl-dev     outgoing HTTP
build    libpugixml-dev           XML that S3 answers with
build    librdkafka-dev           Kafka
build    libfmt-dev               formatting
build    libspdlog-dev            log
build    prometheus-cpp-dev       metrics
build    libcli11-dev             command line
build    libtomlplusplus-dev      configuration file
build    libmagic-dev             file types
build    libargon2-dev            passwords
build    libarchive-dev           zip archives of rosters
build    libhowardhinnant-date-dev time zones
build    libmimalloc-dev          memory allocator
build    libgtest-dev             unit tests (configured with the rest)
build    libgmock-dev             unit tests
build    librapidcheck-dev        property tests
build    ca-certificates          authorities for outgoing TLS
test     clang-format-19          make fmt
test     clang-tidy-19            make lint
test     shellcheck               make lint, for the scripts
test     libclang-rt-19-dev       sanitizers, fuzzing, coverage
test     llvm-19                  readable sanitizer reports, coverage
test     python3                  API tests, scripts
test     python3-venv             their packages, kept inside build/
test     postgresql-15            a database server that the tests start themselves
test     patroni                  a primary and a standby, and who is which
test     etcd-server              whom Patroni asks
test     python3-etcd             how
test     sqlite3                  looks into the database from outside
test     curl                     the requests that the README shows
test     openssl                  certificates for the API tests
test     nginx-light              the reverse proxy of docs/operating.md
test     clamav-daemon            virus scans
test     clamav-testfiles         harmless files for them to find
test     swift-proxy              an S3 server that verifies signatures; the
test     swift-account            tests start and stop it
test     swift-container
test     swift-object
test     memcached                what it needs
test     python3-boto3            the reference client of S3
test     default-jre-headless     a Kafka broker, which the tests start themselves
test     maven                    where it comes from (tests/support/kafka)
test     nodejs                   the official JavaScript clients
test     npm                      their packages
bench    libbenchmark-dev         micro-benchmarks
bench    nginx-light              what the server is compared with
bench    postgresql-15            the other database
bench    wrk                      load
bench    swift-proxy              S3
bench    swift-account
bench    swift-container
bench    swift-object
bench    memcached
bench    python3-boto3            what uploads are compared with
bench    default-jre-headless     a Kafka broker
bench    maven                    where it comes from
TABLE
}

say() { echo "deps: $*"; }

case "${1:-}" in
    build) sets='build' ;;
    test) sets='build|test' ;;
    bench) sets='build|bench' ;;
    *) echo "usage: $0 build|test|bench" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null; then
    say "this is not a Debian system, so nothing is installed for you; needed are the equivalents of:"
    table | awk -v sets="^($sets)$" '$1 ~ sets { printf "  %s\n", $0 }'
    exit 0
fi

# Node from another source is as good, if it is recent enough and brings npm.
node_is_there() {
    command -v npm >/dev/null && command -v node >/dev/null &&
        [ "$(node -p 'parseInt(process.versions.node)' 2>/dev/null || echo 0)" -ge 18 ]
}

mapfile -t wanted < <(table | awk -v sets="^($sets)$" '$1 ~ sets { print $2 }')
if node_is_there; then
    mapfile -t wanted < <(printf '%s\n' "${wanted[@]}" | grep -vxE 'nodejs|npm')
fi
installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null || true)
missing=()
for package in "${wanted[@]}"; do
    grep -qxF "$package installed" <<<"$installed" || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi

if [ "$(id -u)" = 0 ]; then
    as_root=(env)
elif command -v sudo >/dev/null; then
    as_root=(sudo env)
else
    say "missing: ${missing[*]}"
    say "only root can install them and there is no sudo here; as root, run:"
    say "  apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    exit 1
fi

mkdir -p build
log=build/deps.log
: >"$log"
apt() {
    "${as_root[@]}" DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
        apt-get -y -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" >>"$log" 2>&1
}
install() { apt install --no-install-recommends "${missing[@]}"; }
update() {
    say "fetching the package lists"
    apt update
}
# What apt knows may be nothing (a new machine) or out of date (files gone from the mirror).
known() { apt-get -s -q install --no-install-recommends "${missing[@]}" >/dev/null 2>&1; }

say "installing (a few minutes the first time; log in $log): ${missing[*]}"
known || update || true
if ! install && ! { update && install; }; then
    tail -n 15 "$log" >&2
    say "could not install them; the end of $log is above"
    exit 1
fi
say "done"
