// Package render turns results into what a person or a program reads: one file a kind of
// output. It decides nothing. Whatever comes from a token or a file is escaped on its way out,
// in every format, so that no control, bidirectional or other invisible character reaches the
// reader's screen.
package render
