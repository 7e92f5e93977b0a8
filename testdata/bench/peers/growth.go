//go:build unix

package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// dimension is something that there may be much of.
type dimension struct {
	name    string
	command string
	sizes   [3]int // each twice the one before
	write   writer
}

// writer puts so much of something into a folder, and returns the arguments of the command.
type writer func(folder string, n int) ([]string, error)

const growthRuns = 3

// growth shows how costs grow: the exponent is 1 where twice as much takes twice as long.
func (b *bench) growth() (*table, error) {
	t := &table{
		title: "How processor time grows, on one core",
		head: []string{
			"dimension", "command", "sizes", "seconds", "MiB", "exponent of the last doubling",
		},
	}
	for i, d := range b.dimensions() {
		var all [3]*command
		for j, n := range d.sizes {
			folder := b.file(fmt.Sprintf("growth-%d-%d", i, n))
			if err := os.Mkdir(folder, 0o700); err != nil {
				return nil, err
			}
			args, err := d.write(folder, n)
			if err != nil {
				return nil, err
			}
			all[j] = &command{
				name: d.name, args: append([]string{b.file("gatewhy")}, args...),
				env: []string{"GOMAXPROCS=1"},
			}
			for range growthRuns {
				if err := b.measure(all[j]); err != nil {
					return nil, err
				}
				if last := all[j].costs[len(all[j].costs)-1]; last.Wall > 5*time.Second {
					break // once is enough to know that
				}
			}
		}
		t.add(d.name, "`"+d.command+"`", joined(d.sizes[:], " · "),
			all[0].seconds()+" · "+all[1].seconds()+" · "+all[2].seconds(),
			all[2].mebibytes(), exponent(all[1], all[2]))
	}
	return t, nil
}

// least is the least processor time of the runs.
func (c *command) least() time.Duration { return slices.Min(c.of(processor)) }

func (c *command) seconds() string {
	if c.costs[0].killed {
		return "stopped after " + mostWall.String()
	}
	return fmt.Sprintf("%.2f", c.least().Seconds())
}

func (c *command) mebibytes() string {
	if c.costs[0].killed {
		return "–"
	}
	return fmt.Sprintf("%.0f", float64(c.memory())/(1<<20))
}

func exponent(half, whole *command) string {
	if half.costs[0].killed || whole.costs[0].killed {
		return "–"
	}
	return fmt.Sprintf("%.1f", math.Log2(float64(whole.least())/float64(half.least())))
}

// apart writes so many files into the folder, which is what fix repairs.
func apart(name string, text func(i int) string) writer {
	return func(folder string, n int) ([]string, error) {
		for i := range n {
			path := filepath.Join(folder, fmt.Sprint(i, "-", name))
			if err := os.WriteFile(path, []byte(text(i)), 0o600); err != nil {
				return nil, err
			}
		}
		return []string{"fix", folder}, nil
	}
}

func (b *bench) dimensions() []dimension {
	token, keys := "@"+b.file("token.jwt"), b.file("keys.json")
	// with writes a file, which is the last argument
	with := func(name string, text func(n int) string, args ...string) writer {
		return func(folder string, n int) ([]string, error) {
			path := filepath.Join(folder, name)
			all := append(slices.Clone(args), path)
			return all, os.WriteFile(path, []byte(text(n)), 0o600)
		}
	}
	matrix := func(size func(n int) estate) writer {
		return func(folder string, n int) ([]string, error) {
			e := size(n)
			return []string{"matrix", "-c", filepath.Join(folder, "gatewhy.yaml")}, e.write(folder)
		}
	}
	explain := []string{"explain", token, "--jwks", keys, "-p"}
	const json, yaml = "policies.json", "bindings.yaml"
	return []dimension{
		{"policies in a file", "lint", [3]int{250, 500, 1000}, with(json, policies, "lint")},
		{
			"policies in a file", "explain",
			[3]int{250, 500, 1000},
			with(json, policies, explain...),
		},
		{
			"policies that let the token in", "explain",
			[3]int{250, 500, 1000},
			with(json, accepting, explain...),
		},
		{"documents in a file", "lint", [3]int{100, 200, 400}, with(yaml, documents, "lint")},
		{"documents in a file", "fix", [3]int{10, 20, 40}, with(yaml, documents, "fix")},
		{"findings", "lint", [3]int{250, 500, 1000}, with(json, mistaken, "lint")},
		{
			"rules on different claims", "fix",
			[3]int{500, 1000, 2000},
			with(yaml, ofDifferentClaims, "fix"),
		},
		{
			"namespaces of Istio in a file", "fix",
			[3]int{45, 90, 180},
			with(yaml, func(n int) string { return listed(n, "---\n", namespaced) }, "fix"),
		},
		{"policies of an API", "fix", [3]int{45, 90, 180}, with(json, lasting, "fix")},
		{
			"wide policies of Istio", "fix",
			[3]int{5, 10, 20},
			with(yaml, func(n int) string { return mesh(n, 40, 0) }, "fix"),
		},
		{
			"workloads of Istio", "lint",
			[3]int{500, 1000, 2000},
			with(yaml, func(n int) string { return mesh(20, 50, n) }, "lint"),
		},
		{"files of a folder", "fix", [3]int{125, 250, 500}, apart(json, func(i int) string {
			return "[" + policy(1, fmt.Sprint("api://orders-", i), "") + "]"
		})},
		{"files of a cluster", "fix", [3]int{40, 80, 160}, apart(yaml, namespaced)},
		{"claims read", "explain", [3]int{100, 200, 400}, with(json, reading, explain...)},
		{"claims read", "lint", [3]int{100, 200, 400}, with(json, reading, "lint")},
		{"scopes of an API", "matrix", [3]int{40, 80, 160}, matrix(func(n int) estate {
			return estate{environments: 3, clients: 5, scopes: n, roles: 2}
		})},
		{"roles of an API", "matrix", [3]int{40, 80, 160}, matrix(func(n int) estate {
			return estate{environments: 3, clients: 5, scopes: 2, roles: n}
		})},
		{"environments", "matrix", [3]int{10, 20, 40}, matrix(func(n int) estate {
			return estate{environments: n, clients: 5, scopes: 2, roles: 2}
		})},
		{"environments with claims of their own", "matrix", [3]int{50, 100, 200}, matrix(
			func(n int) estate {
				return estate{environments: n, clients: 5, scopes: 2, roles: 2, claims: true}
			},
		)},
		{"clients that an expression tells apart", "matrix", [3]int{50, 100, 200}, matrix(
			func(n int) estate {
				return estate{environments: 3, clients: n, scopes: 2, roles: 2, mixed: true}
			},
		)},
		{"clients of an environment", "matrix", [3]int{1000, 2000, 4000}, matrix(
			func(n int) estate {
				return estate{environments: 4, clients: n, scopes: 2, roles: 2}
			},
		)},
	}
}
