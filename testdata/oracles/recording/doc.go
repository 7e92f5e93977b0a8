// Package recording reads and writes what real gateways answered. A recording is a text of
// tab-separated values: the program, its version and the day in the first line, then a line a
// request.
package recording
