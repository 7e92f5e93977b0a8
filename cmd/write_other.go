//go:build !linux

package cmd

import (
	"errors"
	"os"
)

// openNameless fails: files without a name are Linux's.
func openNameless(string, os.FileMode) (*os.File, error) { return nil, errors.ErrUnsupported }

func nameFile(*os.File, string) error { return errors.ErrUnsupported }
