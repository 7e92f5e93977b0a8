package issued

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// names lists the values of the enabled permissions of one sort.
func names(permissions []entra.Permission, sort func(entra.Permission) bool) []string {
	var all []string
	for _, p := range permissions {
		if p.Value.Known() && !p.Disabled && sort(p) {
			all = append(all, p.Value.Value)
		}
	}
	return all
}

func anyScope(entra.Permission) bool { return true }

func anyRole(entra.Permission) bool { return true }

func userScope(p entra.Permission) bool { return !p.AdminOnly }

func forApps(p entra.Permission) bool { return p.Apps }

func forUsers(p entra.Permission) bool { return p.Users }

// values lists the values of the enabled permissions with these ids.
func values(permissions []entra.Permission, ids []entra.Text) []string {
	return names(permissions, func(p entra.Permission) bool { return slices.ContainsFunc(ids, p.ID.Is) })
}

func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}
