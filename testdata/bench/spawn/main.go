// Spawn measures what starting a command costs, as a ratio to the first command given. Commands
// are started in turn, so that whatever else the machine does hits all of them alike; the figure
// is the median of the batches' means.
//
// usage: spawn NAME LIMIT COMMAND... [-- NAME LIMIT COMMAND...]...
//
// It fails where a ratio is above its LIMIT, or a command's peak memory above maxMemory.
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"time"
)

const (
	batches   = 9
	perBatch  = 40
	maxMemory = 16 << 20 // bytes
)

// command is what is measured.
type command struct {
	name   string
	limit  float64 // of the ratio to the first command
	args   []string
	means  []time.Duration // of each batch
	cpu    time.Duration   // of all starts together
	memory int64           // peak, in bytes
}

func main() {
	commands, err := parse(os.Args[1:])
	if err != nil {
		log.Fatal(err)
	}
	for range batches {
		if err := runBatch(commands); err != nil {
			log.Fatal(err)
		}
	}
	if !report(commands) {
		os.Exit(1)
	}
}

func parse(args []string) ([]*command, error) {
	var commands []*command
	for len(args) > 0 {
		end := slices.Index(args, "--")
		if end < 0 {
			end = len(args)
		}
		if end < 3 {
			return nil, fmt.Errorf("each command needs a NAME, a LIMIT and a COMMAND")
		}
		limit, err := strconv.ParseFloat(args[1], 64)
		if err != nil {
			return nil, err
		}
		commands = append(commands, &command{name: args[0], limit: limit, args: args[2:end]})
		args = args[min(end+1, len(args)):]
	}
	return commands, nil
}

// runBatch starts every command so many times, in turn.
func runBatch(commands []*command) error {
	total := make([]time.Duration, len(commands))
	for range perBatch {
		for i, c := range commands {
			took, err := c.run()
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			total[i] += took
		}
	}
	for i, c := range commands {
		c.means = append(c.means, total[i]/perBatch)
	}
	return nil
}

// run starts the command once, without input or output.
func (c *command) run() (time.Duration, error) {
	process := exec.Command(c.args[0], c.args[1:]...)
	start := time.Now()
	err := process.Run()
	took := time.Since(start)
	if state := process.ProcessState; state != nil {
		c.cpu += state.UserTime() + state.SystemTime()
		c.memory = max(c.memory, peakMemory(state))
	}
	return took, err
}

func (c *command) median() time.Duration {
	sorted := slices.Sorted(slices.Values(c.means))
	return sorted[len(sorted)/2]
}

// report prints the figures and reports whether all are within their limits. The processor's time
// is not limited: it is there to tell a slow program from a busy machine.
func report(commands []*command) (within bool) {
	within = true
	unit := commands[0].median()
	fmt.Printf(
		"%-8s %9s %7s %7s %10s %10s\n", "command", "ms", "ratio", "limit", "cpu ratio", "peak MiB",
	)
	for _, c := range commands {
		ratio := float64(c.median()) / float64(unit)
		mark := ""
		if ratio > c.limit || c.memory > maxMemory {
			mark, within = "  too much", false
		}
		fmt.Printf("%-8s %9.3f %7.2f %7.2f %10.2f %10.1f%s\n", c.name, c.median().Seconds()*1000,
			ratio, c.limit,
			float64(c.cpu)/float64(commands[0].cpu), float64(c.memory)/(1<<20), mark)
	}
	return within
}
