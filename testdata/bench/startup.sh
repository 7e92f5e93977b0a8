#!/usr/bin/env bash
# Measures what a whole run of gatewhy costs, as a ratio to an empty Go program on the same machine.
# usage: testdata/bench/startup.sh
set -euo pipefail
cd "$(dirname "$0")/../.."

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
build() { CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$dir/$1" "$2"; }
build empty ./testdata/bench/empty
build spawn ./testdata/bench/spawn
build gatewhy .
go run ./testdata/bench/fixture "$dir"

gatewhy=$dir/gatewhy token=@$dir/token.jwt
"$dir/spawn" empty 1 "$dir/empty" \
  -- decode 2.5 "$gatewhy" decode "$token" \
  -- verify 3.2 "$gatewhy" verify "$token" --jwks "$dir/keys.json" \
  -- explain 3.2 "$gatewhy" explain "$token" -p testdata/bench/policy.json --jwks "$dir/keys.json"
