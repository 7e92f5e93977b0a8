//go:build unix

package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// cost is what one run of a program took, as the program once writes it.
type cost struct {
	Wall, Processor time.Duration
	Faults          int64 // pages that were not there when they were touched
	Memory          int64 // the largest resident set, in bytes
	Exit            int
	killed          bool // it took longer than mostWall
}

// mostWall is how long a program may run.
const mostWall = 3 * time.Minute

// command is a program that is measured.
type command struct {
	name  string
	limit string
	args  []string
	env   []string
	input func() (io.ReadCloser, error) // nil for none
	costs []cost
}

// measure runs a program once. The exit codes 1 and 3 are answers.
func (b *bench) measure(c *command) error {
	ctx, cancel := context.WithTimeout(context.Background(), mostWall)
	defer cancel()
	result := b.file("once.json")
	process := exec.CommandContext(ctx, b.file("once"), append([]string{result}, c.args...)...)
	process.Env = append(os.Environ(), c.env...)
	// what is measured is a child of the child: both end together
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	process.Cancel = func() error { return syscall.Kill(-process.Process.Pid, syscall.SIGKILL) }
	var complaint bytes.Buffer
	process.Stderr = &complaint
	if c.input != nil {
		input, err := c.input()
		if err != nil {
			return err
		}
		defer input.Close()
		process.Stdin = input
	}
	err := process.Run()
	if ctx.Err() != nil {
		c.costs = append(c.costs, cost{Wall: mostWall, Processor: mostWall, killed: true})
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w: %.300s", c.name, err, complaint.String())
	}
	text, err := os.ReadFile(result)
	if err != nil {
		return err
	}
	var one cost
	if err := json.Unmarshal(text, &one); err != nil {
		return err
	}
	if !slices.Contains([]int{0, 1, 3}, one.Exit) {
		return fmt.Errorf("%s: exit code %d: %.300s", c.name, one.Exit, complaint.String())
	}
	c.costs = append(c.costs, one)
	return nil
}

// inTurn runs the programs so often, in turn: whatever else the machine does hits all alike.
func (b *bench) inTurn(all []*command, times int) error {
	for range times {
		for _, c := range all {
			if err := b.measure(c); err != nil {
				return err
			}
		}
	}
	return nil
}

// of lists one figure of every run.
func (c *command) of(figure func(cost) time.Duration) []time.Duration {
	all := make([]time.Duration, len(c.costs))
	for i, one := range c.costs {
		all[i] = figure(one)
	}
	return all
}

func wall(c cost) time.Duration      { return c.Wall }
func processor(c cost) time.Duration { return c.Processor }

// faults is the median of the page faults.
func (c *command) faults() int64 {
	all := make([]int64, len(c.costs))
	for i, one := range c.costs {
		all[i] = one.Faults
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func (c *command) memory() int64 {
	most := int64(0)
	for _, one := range c.costs {
		most = max(most, one.Memory)
	}
	return most
}

const processRuns = 60

// processes holds whole runs of programs against the least that one of their kind costs.
func (b *bench) processes() (*table, error) {
	public, err := x509.MarshalPKIXPublicKey(b.public)
	if err != nil {
		return nil, err
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	if err := b.write("key.pem", block); err != nil {
		return nil, err
	}
	token, keys := "@"+b.file("token.jwt"), b.file("keys.json")
	gatewhy := b.file("gatewhy")
	all := []*command{
		{name: "the floor: cobra, go-jose, color, net/http, and decodes", args: []string{
			b.file("floor"), token,
		}},
		{name: "an empty program", args: []string{b.file("empty")}},
		{name: "gatewhy decode", limit: "1.2", args: []string{gatewhy, "decode", token}},
		{name: "gatewhy verify", limit: "1.25", args: []string{
			gatewhy, "verify", token, "--jwks", keys,
		}},
		{name: "gatewhy explain", limit: "1.5", args: []string{
			gatewhy, "explain", token, "-p", b.file("policy.json"), "--jwks", keys,
		}},
		{name: "jose-util verify", args: []string{
			b.file("jose-util"), "verify", "--in", b.file("token.jwt"), "--key", b.file("key.pem"),
		}},
		{name: "golang-jwt's jwt -verify", args: []string{
			b.file("jwt"), "-alg", "RS256", "-key", b.file("key.pem"),
			"-verify", b.file("token.jwt"),
		}},
	}
	if err := b.inTurn(all, processRuns); err != nil {
		return nil, err
	}
	t := &table{
		title: "Whole runs, as ratios to the floor",
		head:  []string{"program", "time", "limit", "processor time", "page faults", "MiB"},
	}
	floor := all[0]
	for _, c := range all {
		t.add(c.name,
			fmt.Sprintf("%.2f", medianRatio(c.of(wall), floor.of(wall))), c.limit,
			fmt.Sprintf("%.2f", medianRatio(c.of(processor), floor.of(processor))),
			fmt.Sprint(c.faults()), fmt.Sprintf("%.1f", float64(c.memory())/(1<<20)),
		)
	}
	t.note = fmt.Sprintf("1.00 is %.1f ms.", median(floor.of(wall)).Seconds()*1000)
	return t, nil
}
