#!/usr/bin/env bash
# Measures gatewhy beside what it is compared with, all in one run, and prints tables of ratios. It makes its data itself. It fails on
# no figure: a busy machine slows all down, and only the ratios mean something. The libraries that it is compared with come from the
# module proxy; the product does not link them.
# usage: testdata/bench/run.sh [README.md | --only TABLE]
#   with a file, the tables are written between its marks too; TABLE is one of tokens, processes, scans, clusters, growth
set -euo pipefail
cd "$(dirname "$0")/../.."

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
build() { # NAME PACKAGE [FOLDER]: a copy, since what the linker has just written has more page faults
  (cd "${3:-.}" && CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$dir/linked" "$2")
  cp "$dir/linked" "$dir/$1" && rm "$dir/linked"
}
build gatewhy .
build empty ./testdata/bench/empty
build floor ./testdata/bench/floor
build once ./testdata/bench/once
build cluster ./testdata/bench/cluster
build jose-util github.com/go-jose/go-jose/v4/jose-util testdata/bench/peers
build jwt github.com/golang-jwt/jwt/v5/cmd/jwt testdata/bench/peers
build peers . testdata/bench/peers
cp testdata/bench/policy.json "$dir"
"$dir/peers" "$dir" "$@"
