// Empty does nothing: what starting it costs is the unit in which start-up is measured.
package main

func main() {}
