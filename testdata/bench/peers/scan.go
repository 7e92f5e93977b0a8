//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// What scan is given to read.
const (
	manyTokens = 10_000 // distinct ones
	repeated   = 100    // how often each of a few stands in a log
	scanRuns   = 5
	plainSize  = 200 << 20 // bytes of lines without a token
	smallSize  = 10 << 20  // bytes of what memory must not grow with
	largeSize  = 2 << 30
)

// scans measures scan as a program: what a token costs, and a line without one.
func (b *bench) scans() (*table, error) {
	if err := b.logs(); err != nil {
		return nil, err
	}
	scan := []string{
		b.file("gatewhy"), "scan", "-p", b.file("policy.json"), "--jwks", b.file("keys.json"),
		"--offline",
	}
	one, two := []string{"GOMAXPROCS=1"}, []string{"GOMAXPROCS=2"}
	file := func(name string) func() (io.ReadCloser, error) {
		return func() (io.ReadCloser, error) { return os.Open(b.file(name)) }
	}
	start := &command{name: "nothing", args: scan, env: one, input: file("nothing.log")}
	tokens := &command{name: "tokens", args: scan, env: one, input: file("distinct.log")}
	double := &command{name: "two cores", args: scan, env: two, input: file("distinct.log")}
	known := &command{name: "known", args: scan, env: one, input: file("again.log")}
	plain := &command{name: "lines", args: scan, env: one, input: over(plainLines(), plainSize)}
	var bare, alone, together []time.Duration
	for range scanRuns {
		if err := b.inTurn([]*command{start, tokens, double, known, plain}, 1); err != nil {
			return nil, err
		}
		took, err := b.bare()
		if err != nil {
			return nil, err
		}
		bare = append(bare, took)
		for cores, times := range map[int]*[]time.Duration{1: &alone, 2: &together} {
			took, err := b.verified(cores)
			if err != nil {
				return nil, err
			}
			*times = append(*times, took)
		}
	}
	mixed, err := b.mixed()
	if err != nil {
		return nil, err
	}
	small := &command{name: "small", args: scan, input: over(mixed, smallSize)}
	large := &command{name: "large", args: scan, input: over(mixed, largeSize)}
	if err := b.inTurn([]*command{small, large}, 1); err != nil {
		return nil, err
	}
	// what starting costs is not the tokens'
	of := func(c *command, per int) []time.Duration {
		all := c.of(processor)
		for i := range all {
			all[i] = (all[i] - start.costs[i].Processor) / time.Duration(per)
		}
		return all
	}
	each := of(tokens, manyTokens)
	t := &table{
		title: "`gatewhy scan`, whole runs without what starting costs",
		head:  []string{"what", "figure", "limit"},
	}
	t.add("a distinct RS256 token, processor time ÷ `rsa.VerifyPKCS1v15` (one core)",
		fmt.Sprintf("%.2f", medianRatio(each, bare)), "≤ 1.15")
	t.add("distinct tokens a second, two cores ÷ one",
		fmt.Sprintf("%.2f", medianRatio(tokens.of(wall), double.of(wall))), "≥ 1.8")
	t.add("the same of `rsa.VerifyPKCS1v15` alone: what the machine gives",
		fmt.Sprintf("%.2f", medianRatio(alone, together)), "")
	t.add(fmt.Sprintf("tokens that stand %d times each, as many times as fast", repeated),
		fmt.Sprintf("%.1f", medianRatio(each, of(known, manyTokens))), "≥ 6")
	perLine := median(of(plain, 1))
	t.add("lines without a token, MB a second of one core",
		fmt.Sprintf("%.0f", plainSize/1e6/perLine.Seconds()), "≥ 400")
	t.add("memory, 10 MiB and 2 GiB of input, all cores, in MiB",
		fmt.Sprintf("%.0f and %.0f", float64(small.memory())/(1<<20),
			float64(large.memory())/(1<<20)), "< 96")
	t.note = fmt.Sprintf("A token costs %.1f µs. The machine had %d cores; the second row needs "+
		"two that nothing else uses.", median(each).Seconds()*1e6, runtime.NumCPU())
	return t, nil
}

// bare is what crypto/rsa takes for one of the tokens, on one core.
func (b *bench) bare() (time.Duration, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	runtime.GC()
	before := processorTime()
	for i := range b.signed {
		if err := b.signed[i].verify(b.public); err != nil {
			return 0, err
		}
	}
	return (processorTime() - before) / time.Duration(len(b.signed)), nil
}

// verified is the time by the clock in which crypto/rsa verifies all tokens on so many cores.
func (b *bench) verified(cores int) (time.Duration, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	runtime.GC()
	var next atomic.Int64
	var workers sync.WaitGroup
	errs := make([]error, cores)
	began := time.Now()
	for worker := range cores {
		workers.Go(func() {
			for errs[worker] == nil {
				i := int(next.Add(1)) - 1
				if i >= len(b.signed) {
					return
				}
				errs[worker] = b.signed[i].verify(b.public)
			}
		})
	}
	workers.Wait()
	return time.Since(began), errors.Join(errs...)
}

// logs writes two logs of as many tokens: distinct ones, and a few that stand again and again.
func (b *bench) logs() error {
	var all, few bytes.Buffer
	now := time.Now()
	for i := range manyTokens {
		token, err := b.token(now, i)
		if err != nil {
			return err
		}
		writeLine(&all, token)
		writeLine(&few, b.signed[i%(manyTokens/repeated)].text)
	}
	return errors.Join(
		b.write("nothing.log", nil), b.write("distinct.log", all.Bytes()),
		b.write("again.log", few.Bytes()),
	)
}

// mixed is some of everything: lines without a token, tokens that stand again and again, and
// distinct ones.
func (b *bench) mixed() (string, error) {
	text := plainLines()
	for _, name := range []string{"again.log", "distinct.log"} {
		log, err := os.ReadFile(b.file(name))
		if err != nil {
			return "", err
		}
		text += string(log)
	}
	return text, nil
}

func writeLine(w io.Writer, token string) {
	fmt.Fprintf(w, `10.0.0.1 - - [28/Nov/2026:10:00:00 +0000] "GET /orders HTTP/1.1" 200 512 `+
		"\"Bearer %s\" 12ms\n", token)
}

// plainLines are lines of an access log in which no token stands.
func plainLines() string {
	var b strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&b, `10.0.0.%d - - [28/Nov/2026:10:00:00 +0000] "GET /orders/%d HTTP/1.1" `+
			"200 %d \"Mozilla/5.0 (X11; Linux x86_64)\" %dms\n", i%256, i, i*7%5000, i%97)
	}
	return b.String()
}

// over is a text over and over, up to a size.
func over(text string, size int64) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(&endless{text: text}, size)), nil
	}
}

type endless struct {
	text string
	at   int
}

func (e *endless) Read(into []byte) (int, error) {
	n := copy(into, e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	return n, nil
}
