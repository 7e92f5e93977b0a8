// Cluster writes what kubectl answers for all resources of a made-up cluster, or reads such a file
// with the YAML library alone, for the benchmark.
package main

import (
	"bufio"
	"errors"
	"log"
	"os"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/gatewhy/gatewhy/testdata/clusters"
)

func main() {
	log.SetFlags(0)
	if err := run(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "read":
		text, err := os.ReadFile(args[1])
		if err != nil {
			return err
		}
		return yaml.Unmarshal(text, new(yaml.Node))
	case len(args) == 3 && args[0] == "write":
		count, err := strconv.Atoi(args[1])
		if err != nil {
			return err
		}
		out := bufio.NewWriter(os.Stdout)
		if err := clusters.Write(out, 1, count, args[2] == "json"); err != nil {
			return err
		}
		return out.Flush()
	}
	return errors.New("usage: cluster write COUNT yaml|json, or cluster read FILE")
}
