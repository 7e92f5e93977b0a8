package cmd

import (
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// mistaken says what a file without a policy is, where that can be told, and which flag takes it; else it returns the error as it is.
func mistaken(file *source.File, err error) error {
	if len(file.Documents) != 1 {
		return err
	}
	top := file.Documents[0]
	what, flag := "", ""
	_, notRegistration := entra.ReadRegistrations(file)
	switch {
	case top.Member("keys").Is(source.List):
		what, flag = "a key set", "--jwks "+file.Name
	case top.Member("environments").Is(source.Object):
		what, flag = "an environments file", "-c "+file.Name+" --env NAME"
	case notRegistration == nil:
		what, flag = "an app registration", "--app "+file.Name
	default:
		return err
	}
	return problem(file.Name+": no policy in this file: it is "+what, "pass it as "+flag)
}
