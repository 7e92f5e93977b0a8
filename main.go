// Gatewhy says why an API gateway accepts or rejects a token, from the token and the gateway's policy.
package main

import (
	"os"

	"github.com/gatewhy/gatewhy/cmd"
)

func main() {
	os.Exit(cmd.Main(cmd.System()))
}
