// Gatewhy says why an API gateway accepts or rejects a token, from the token and the gateway's
// policy.
package main

import (
	"os"
	"runtime/debug"

	"github.com/gatewhy/gatewhy/cmd"
)

// softMemory is from how many bytes on the garbage collector works harder, rather than let
// garbage double what is in use: in CI the program runs beside others.
const softMemory = 48 << 20

// garbage is how much of it may pile up below that, in percent of what is in use: most runs end
// before it is worth a collection.
const garbage = 400

func main() {
	debug.SetGCPercent(garbage)
	debug.SetMemoryLimit(softMemory)
	os.Exit(cmd.Main(cmd.System()))
}
