//go:build unix

// Peers measures gatewhy beside what it is compared with, in one run: libraries over the same
// tokens, and programs started in turn. Every figure is a ratio, and none makes it fail: a
// machine that is busy slows down all alike.
//
// usage: peers FOLDER [README]
//
// FOLDER has the programs that run.sh builds. The tables go to standard output and, where a
// README is named, between its marks.
package main

import (
	"fmt"
	"log"
	"os"
	"strings"
)

func main() {
	if len(os.Args) < 2 || len(os.Args) > 3 {
		log.Fatal("usage: peers FOLDER [README]")
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		log.Fatal(err)
	}
}

func run(folder string, readme []string) error {
	b, err := newBench(folder)
	if err != nil {
		return err
	}
	var all strings.Builder
	say := func(text string) {
		fmt.Print(text)
		all.WriteString(text)
	}
	say(machine())
	for _, measure := range []func() (*table, error){b.tokens, b.processes, b.scans, b.growth} {
		t, err := measure()
		if err != nil {
			return err
		}
		say("\n" + t.String())
	}
	for _, name := range readme {
		if err := writeBetween(name, all.String()); err != nil {
			return err
		}
	}
	return nil
}
