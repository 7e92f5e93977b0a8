package main

import (
	"syscall/js"
	"time"
)

// main gives the page one function, gatewhy, which takes and returns JSON.
func main() {
	page := newPage(time.Now)
	ask := func(_ js.Value, args []js.Value) any {
		return string(page.answer([]byte(args[0].String())))
	}
	js.Global().Set("gatewhy", js.FuncOf(ask))
	js.Global().Call("gatewhyReady")
	select {}
}
