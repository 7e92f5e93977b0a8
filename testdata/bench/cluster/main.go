// Cluster writes what kubectl answers for all resources of a made-up cluster, for the benchmark.
package main

import (
	"bufio"
	"log"
	"os"
	"strconv"

	"github.com/gatewhy/gatewhy/testdata/clusters"
)

// usage: cluster COUNT yaml|json
func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: cluster COUNT yaml|json")
	}
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	out := bufio.NewWriter(os.Stdout)
	if err := clusters.Write(out, 1, count, os.Args[2] == "json"); err != nil {
		log.Fatal(err)
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}
