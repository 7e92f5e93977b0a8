// Package render prints reports, for a person or for a program. It decides nothing. It knows no
// command line and no adapter: a report comes as a value, and formats.go says in which formats
// it can be printed. The words that all formats of a report share are in REPORT.go
// (explain.go), each format is in REPORT_FORMAT.go (explain_json.go). Reports that are short to
// print are one file, as is a format of several reports (junit.go). Every text from a token or a
// file is escaped on its way out, in every format, so that no control, bidirectional or other
// invisible character reaches the reader's screen.
package render
