#!/usr/bin/env bash
# Measures what verify costs with the keys in its cache, as a ratio to verify with the same keys in a file: whole runs,
# on the same machine, in turn. The limit is 1.15.
# usage: testdata/bench/warmcache.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
build() { CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$dir/$1" "$2"; }
build spawn ./testdata/bench/spawn
build serve ./testdata/bench/serve
build fixture ./testdata/bench/fixture
build gatewhy .
export XDG_CACHE_HOME=$dir/cache HOME=$dir # the caches of Linux and of macOS
"$dir/fixture" "$dir" cache

gatewhy=$dir/gatewhy token=@$dir/token.jwt tenant=5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11
# The first run fills the cache for the address; the fixture has done so for the tenant. The runs that are measured ask no one: the
# server is there so that they could.
# shellcheck disable=SC2016 # the inner shell expands it
"$dir/serve" "$dir" sh -c '"$1" verify "$2" --jwks URL/keys.json >/dev/null && exec "$3" file 1 "$1" verify "$2" --jwks "$4" \
  -- address 1.15 "$1" verify "$2" --jwks URL/keys.json -- tenant 1.15 "$1" verify "$2" --tenant "$5" -- own 1.15 "$1" verify "$2"' \
  sh "$gatewhy" "$token" "$dir/spawn" "$dir/keys.json" "$tenant"
