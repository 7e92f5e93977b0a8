package report

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// Matrixing is a matrix with what is said about it.
type Matrixing struct {
	*environments.Matrix
	Name    string // of the environments file
	Allow   []environments.Crossing
	File    func(name string) *source.File
	Repairs []Repair // what was tried, by gateway; nil where nothing was looked for

	// Fixed is the matrix after the smallest set of repairs; nil where none was looked for.
	Fixed *environments.Matrix
}

// Repair is a set of changes to one gateway's policies that was compiled and run against every
// token.
type Repair struct {
	Gateway int
	Titles  []string
	Changes []FileChange
	Files   []EditedFile
	Wrong   int                  // wrong cells of the gateway's column after it
	Before  int                  // and before it
	After   *environments.Matrix // the whole matrix after this repair alone
	Chosen  bool                 // it belongs to the smallest set that was found
}

// FileChange is one field of a file that a repair changes.
type FileChange struct {
	File string
	rules.FieldChange
}

// EditedFile is a file as a repair leaves it.
type EditedFile struct {
	Name string
	Text []byte
}
