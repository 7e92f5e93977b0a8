package main

import (
	"syscall/js"
	"time"
)

// main gives the page one function, gatewhy, which takes and returns JSON.
func main() {
	ask := func(_ js.Value, args []js.Value) any {
		return string(answer([]byte(args[0].String()), time.Now))
	}
	js.Global().Set("gatewhy", js.FuncOf(ask))
	js.Global().Call("gatewhyReady")
	select {}
}
