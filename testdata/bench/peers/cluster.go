//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
)

const clusterRuns = 5

// clusters holds lint of all resources of a large cluster against the YAML library, which reads
// the same bytes and does nothing with them.
func (b *bench) clusters() (*table, error) {
	t := &table{
		title: "`gatewhy lint` of what kubectl prints of a large cluster",
		head:  []string{"what", "figure", "limit"},
	}
	for _, c := range []struct {
		format    string
		resources int
	}{{"yaml", 2000}, {"json", 1000}} {
		name := b.file("cluster." + c.format)
		size, err := b.writeCluster(name, c.resources, c.format)
		if err != nil {
			return nil, err
		}
		library := &command{name: "the YAML library", args: []string{b.file("cluster"), "read", name}}
		lint := &command{name: "gatewhy lint", args: []string{b.file("gatewhy"), "lint", name}}
		if err := b.inTurn([]*command{library, lint}, clusterRuns); err != nil {
			return nil, err
		}
		what := fmt.Sprintf("%d resources of a cluster, a list of %d MB in %s", c.resources,
			size/1e6, c.format)
		t.add(what+": processor time ÷ the YAML library",
			fmt.Sprintf("%.2f", medianRatio(lint.of(processor), library.of(processor))), "≤ 2")
		t.add(what+": MiB", lint.mebibytes(), "≤ 128")
	}
	return t, nil
}

// writeCluster writes the file, and returns its size.
func (b *bench) writeCluster(name string, resources int, format string) (int64, error) {
	file, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	write := exec.Command(b.file("cluster"), "write", strconv.Itoa(resources), format)
	write.Stdout, write.Stderr = file, os.Stderr
	if err := write.Run(); err != nil {
		return 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
