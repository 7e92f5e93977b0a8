package environments

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// policyFile is what shows which API a file's policies guard.
type policyFile struct {
	name      string
	joint     bool     // which API they guard is known when all files are read
	verifies  bool     // they verify tokens
	audiences []string // that they want
}

func policyFileOf(name string, compiled *rules.Compilation, audiences []string) policyFile {
	f := policyFile{name: name, audiences: audiences}
	for _, policy := range compiled.Policies {
		f.joint = f.joint || policy.API != ""
		for check := range policy.Root.Checks() {
			f.verifies = f.verifies || check.ID == rules.Signature ||
				check.ID == rules.Introspection
		}
	}
	return f
}

// isApart reports whether two files are those of different APIs. As one gateway's chain they would
// let in nobody, since no token has both audiences, or each would hide what the other one lets in.
func (f *policyFile) isApart(from *policyFile) bool {
	if f.joint || from.joint {
		return false
	}
	if len(f.audiences) > 0 && len(from.audiences) > 0 {
		return !slices.ContainsFunc(f.audiences, func(audience string) bool {
			return slices.Contains(from.audiences, audience)
		})
	}
	return f.verifies && from.verifies && path.Dir(f.name) != path.Dir(from.name)
}

// separateAPIs makes an environment of several APIs, as a repository with many services has them,
// into one for each of them. Its clients may call all of them; which one is the registration of
// the API, the audiences tell.
func (s *Survey) separateAPIs() {
	for i := 0; i < len(s.environments); i++ {
		env := s.environments[i]
		groups := apart(env.policyFiles)
		if len(groups) < 2 {
			continue
		}
		var parts []*surveyed
		for g, part := range partNames(groups, env.name) {
			one := *env
			one.stage, one.part, one.name = env.name, part, env.name+"-"+part
			one.policyFiles, one.policies = groups[g], nil
			for _, file := range groups[g] {
				one.policies = append(one.policies, file.name)
			}
			one.clients, one.apis = slices.Clone(env.clients), slices.Clone(env.apis)
			parts = append(parts, &one)
		}
		s.environments = slices.Replace(s.environments, i, i+1, parts...)
		i += len(parts) - 1
	}
}

// apart sorts files into those of one API each. A file that no other one is apart from, such as a
// list of addresses, is with those of its folder, or else with the first.
func apart(files []policyFile) (groups [][]policyFile) {
	for _, f := range files {
		at := slices.IndexFunc(groups, func(group []policyFile) bool {
			return path.Dir(group[0].name) == path.Dir(f.name) && f.fits(group)
		})
		if at < 0 {
			at = slices.IndexFunc(groups, f.fits)
		}
		if at < 0 {
			groups = append(groups, nil)
			at = len(groups) - 1
		}
		groups[at] = append(groups[at], f)
	}
	return groups
}

func (f *policyFile) fits(group []policyFile) bool {
	return !slices.ContainsFunc(group, func(other policyFile) bool { return f.isApart(&other) })
}

// partNames is what the names of each group's files have, and those of the others lack: the first
// folder, or the file, that differs. Where there is none, it is a number.
func partNames(groups [][]policyFile, stage string) []string {
	names := make([]string, len(groups))
	for depth := range len(segments(groups[0][0].name, stage)) {
		for g, group := range groups {
			names[g] = ""
			if all := segments(group[0].name, stage); depth < len(all) {
				names[g] = all[depth]
			}
		}
		sorted := slices.Sorted(slices.Values(names))
		if sorted[0] != "" && len(slices.Compact(sorted)) == len(groups) {
			return names
		}
	}
	for g := range names {
		names[g] = fmt.Sprint(g + 1)
	}
	return names
}

// segments are the folders and the name of a file, without its extension and its stage.
func segments(name, stage string) []string {
	all := strings.Split(strings.TrimSuffix(name, path.Ext(name)), "/")
	for i, segment := range all {
		if stageIn(segment) == stage {
			all[i] = strings.Trim(strings.Replace(strings.ToLower(segment), stage, "", 1), "-_. ")
		}
	}
	return all
}

// isApart reports whether a stage was made into one environment for each API.
func (s *Survey) isApart(stage string) bool {
	return slices.ContainsFunc(s.environments, func(env *surveyed) bool {
		return env.stage == stage
	})
}

// partOf is the environment of the API that a name shows; nil where it shows none.
func (s *Survey) partOf(stage, name string) *surveyed {
	for _, env := range s.environments {
		if env.stage == stage && slices.Contains(segments(name, stage), env.part) {
			return env
		}
	}
	return nil
}
