//go:build unix

// Peers measures gatewhy beside what it is compared with, in one run: libraries over the same
// tokens, and programs started in turn. Every figure is a ratio, and none makes it fail: a
// machine that is busy slows down all alike.
//
// usage: peers FOLDER [README | --only TABLE]
//
// FOLDER has the programs that run.sh builds. The tables go to standard output and, where a
// README is named, between its marks. --only makes one of them: tokens, processes, scans, growth
// or clusters.
package main

import (
	"fmt"
	"log"
	"os"
	"strings"
)

func main() {
	var err error
	switch args := os.Args[1:]; {
	case len(args) == 3 && args[1] == "--only":
		err = run(args[0], args[2], nil)
	case len(args) == 1 || len(args) == 2:
		err = run(args[0], "", args[1:])
	default:
		log.Fatal("usage: peers FOLDER [README | --only TABLE]")
	}
	if err != nil {
		log.Fatal(err)
	}
}

// run makes the table of that name, or all of them where it is empty.
func run(folder, only string, readme []string) error {
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
	made := 0
	for _, one := range []struct {
		name    string
		measure func() (*table, error)
	}{
		{"tokens", b.tokens},
		{"processes", b.processes},
		{"scans", b.scans},
		{"clusters", b.clusters},
		{"growth", b.growth},
	} {
		if only != "" && only != one.name {
			continue
		}
		t, err := one.measure()
		if err != nil {
			return err
		}
		say("\n" + t.String())
		made++
	}
	if made == 0 {
		return fmt.Errorf("there is no table %s", only)
	}
	for _, name := range readme {
		if err := writeBetween(name, all.String()); err != nil {
			return err
		}
	}
	return nil
}
