// Gatewhy is the program as the stories of the tests call it: the real one, but for the clock, and
// for a network that ends at loopback.
package main

import (
	"os"
	"time"

	"github.com/gatewhy/gatewhy/cmd"
	"github.com/gatewhy/gatewhy/testdata/loopback"
)

func main() {
	env := cmd.System()
	env.Now = func() time.Time { return time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC) }
	env.Connect = loopback.Connect
	os.Exit(cmd.Main(env))
}
