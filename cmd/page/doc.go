// Page is the page on which nothing leaves the browser: paste a token, drop policies, and see what
// the terminal shows.
//
// Built for the browser (GOOS=js GOARCH=wasm) it is the page's WebAssembly module, which makes the
// same reports as the commands, without a command line. Built for any other system it makes the
// page: its folder, and the folder as a zip.
//
//	go run ./cmd/page dist/page
package main
