package environments

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// policyFile is what shows which API a file's policies guard.
type policyFile struct {
	name      string
	joint     bool     // which API they guard is known when all files are read
	ofNone    bool     // some name no API, and are not for all
	ofAll     bool     // some are for all APIs, or other files say for which
	apis      []string // that some name
	verifies  bool     // they verify tokens
	contracts bool     // a contract decides who is let in
	audiences []string // that they want
}

func policyFileOf(name string, compiled *rules.Compilation, audiences []string) policyFile {
	f := policyFile{name: name, audiences: audiences}
	for _, policy := range compiled.Policies {
		f.joint = f.joint || policy.API != ""
		f.ofNone = f.ofNone || policy.API == "" && !policy.Early
		f.ofAll = f.ofAll || policy.Early
		f.apis = append(f.apis, policy.API)
		for check := range policy.Root.Checks() {
			f.verifies = f.verifies || check.ID == rules.Signature ||
				check.ID == rules.Introspection
			f.contracts = f.contracts || check.ID == rules.Contract
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
		groups, open := apart(env.policyFiles, env.name)
		if len(groups) < 2 {
			continue
		}
		var parts []*surveyed
		names := partNames(groups, env.name)
		for _, f := range open {
			s.leaveOutPolicies(f, env, "it does not show whose they are: "+inspect.Few(names, 5))
		}
		for g, part := range names {
			one := s.partOfOne(env, env.name, part, parts)
			one.policyFiles, one.policies = groups[g], nil
			for _, f := range env.policyFiles { // in their order
				if slices.ContainsFunc(groups[g], f.is) {
					one.policies = append(one.policies, f.name)
				}
			}
			one.apis = slices.Clone(env.apis)
			parts = append(parts, one)
		}
		s.environments = slices.Replace(s.environments, i, i+1, parts...)
		i += len(parts) - 1
	}
}

// partOfOne is what one API has of an environment, with the clients of all: its name is what the
// environment is called there, and the API's part. No other environment has it, nor one of the
// parts that were made before.
func (s *Survey) partOfOne(env *surveyed, called, part string, before []*surveyed) *surveyed {
	one := *env
	one.stage, one.whole, one.part = cmp.Or(stageIn(called), called), called, part
	name := strings.TrimSuffix(called+"-"+part, "-")
	one.name, one.clients = name, slices.Clone(env.clients)
	isTaken := func(other *surveyed) bool {
		return other != env && other.known() && other.name == one.name
	}
	for n := 2; slices.ContainsFunc(slices.Concat(s.environments, before), isTaken); n++ {
		one.name = fmt.Sprint(name, "-", n)
	}
	return &one
}

// APIInstance is one of several API instances that the files of an environment configure.
type APIInstance struct {
	Name     string
	Policies []*rules.Policy // that apply to it
}

// Divide makes an environment into one for each API instance of its files. They have the files
// that are about them, the same clients, and of the other files those whose names show the
// instance. Where only the names of the instances show stages, they have what is known of those,
// too.
func (s *Survey) Divide(environment string, instances []APIInstance) {
	i := slices.IndexFunc(s.environments, func(env *surveyed) bool {
		return env.name == environment
	})
	env := s.environments[i]
	s.leaveOutStrays(env)
	var parts []*surveyed
	for n, name := range instanceNames(env.name, instances) {
		one := s.partOfOne(env, name.environment, name.part, parts)
		one.instance = instances[n].Name
		one.policies = env.policiesWithout(func(f policyFile) bool {
			return !f.ofAll && !slices.Contains(f.apis, one.instance)
		})
		one.policyFiles = []policyFile{{audiences: s.learn(instances[n].Policies)}}
		one.api, one.apis, one.clients, one.tokens, one.contracts = nil, nil, nil, nil, nil
		parts = append(parts, one)
	}
	s.environments = slices.Replace(s.environments, i, i+1, parts...)
	s.share(env, parts)
	for _, of := range slices.Clone(s.environments) {
		isOther := func(one *surveyed) bool { return one.stage != of.name }
		some := source.Without(parts, isOther)
		if len(some) > 0 && !of.known() {
			s.share(of, some)
			s.environments = source.Without(s.environments, func(env *surveyed) bool {
				return env == of
			})
		}
	}
	for _, one := range parts {
		one.chooseAPI()
	}
}

// leaveOutStrays takes files out of an environment whose policies do not say to which of its API
// instances they apply.
func (s *Survey) leaveOutStrays(env *surveyed) {
	isStray := func(f policyFile) bool { return f.ofNone }
	for _, f := range env.policyFiles {
		if isStray(f) {
			s.leaveOutPolicies(f, env, "it does not name their API instance")
		}
	}
	env.policies = env.policiesWithout(isStray)
}

// policiesWithout are the files with an environment's policies, without some.
func (env *surveyed) policiesWithout(some func(policyFile) bool) []string {
	return source.Without(env.policies, func(name string) bool {
		return slices.ContainsFunc(env.policyFiles, func(f policyFile) bool {
			return f.name == name && some(f)
		})
	})
}

// leaveOutPolicies keeps a file with policies out of an environment, and says why.
func (s *Survey) leaveOutPolicies(f policyFile, env *surveyed, why string) {
	s.Unusable++
	s.LeaveOut(f.name, "left out of policies of "+env.name+": "+why)
}

// share gives what an environment has beside its policies to its parts.
func (s *Survey) share(env *surveyed, parts []*surveyed) {
	apis := slices.Clone(env.apis)
	for _, r := range s.registered {
		if slices.Contains(env.api, r.name) && len(r.Apps) > 0 {
			apis = append(apis, r)
		}
	}
	for _, one := range parts {
		one.apis = append(one.apis, apis...)
		one.clients = append(one.clients, env.clients...)
	}
	for _, part := range []Part{PartTokens, PartContracts} {
		for _, name := range *env.files(part) {
			if one := partIn(parts, name); one != nil {
				list := one.files(part)
				*list = append(*list, name)
			} else {
				s.LeaveOut(name, "left out of "+string(part)+" of "+env.name+
					": it does not show whose it is")
			}
		}
	}
}

// instanceName is by what an API instance is called: what its environment is, and the rest of a
// short name; "" where that is all.
type instanceName struct{ environment, part string }

// instanceNames names the instances of an environment. A stage that both show is said once; one
// that only an instance shows is its environment.
func instanceNames(environment string, instances []APIInstance) []instanceName {
	short := shortNames(instances)
	all, texts := make([]instanceName, len(short)), make([]string, len(short))
	for i, name := range short {
		of := environment
		if stageIn(of) == "" {
			of = cmp.Or(stageIn(name), of)
		}
		all[i] = instanceName{of, segments(name, stageIn(of))[0]}
		texts[i] = all[i].environment + "-" + all[i].part
	}
	if !areNames(texts) {
		for i, name := range short {
			all[i] = instanceName{environment, name}
		}
	}
	return all
}

// shortNames are those of API instances: a part of what each is called by, such as its namespace,
// where that tells them apart.
func shortNames(instances []APIInstance) []string {
	names := make([]string, len(instances))
	for _, short := range []func(string) string{
		func(name string) string { first, _, _ := strings.Cut(name, "/"); return first },
		func(name string) string { return name[strings.LastIndexAny(name, "/=")+1:] },
		func(name string) string { return name },
	} {
		for i, instance := range instances {
			names[i] = strings.Join(strings.FieldsFunc(short(instance.Name), func(r rune) bool {
				return !unicode.IsLetter(r) && !unicode.IsDigit(r)
			}), "-")
		}
		if areNames(names) {
			return names
		}
	}
	return numbers(len(names))
}

// areNames reports whether texts tell things apart.
func areNames(texts []string) bool {
	sorted := slices.Sorted(slices.Values(texts))
	return sorted[0] != "" && len(slices.Compact(sorted)) == len(texts)
}

// numbers are names of things that have none.
func numbers(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprint(i + 1)
	}
	return all
}

// apart sorts files into those of one API each. A file that no other one is apart from, such as a
// list of addresses, is with those of its folder, or of these with those whose names begin alike.
// Where that does not tell, it is left open.
func apart(files []policyFile, stage string) (groups [][]policyFile, open []policyFile) {
	var others []policyFile
	for _, f := range files {
		if f.fits(files) {
			others = append(others, f)
			continue
		}
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
	if groups == nil {
		return [][]policyFile{files}, nil
	}
	for _, f := range others {
		if at := f.home(groups, stage); at >= 0 {
			groups[at] = append(groups[at], f)
		} else {
			open = append(open, f)
		}
	}
	return ownAPIs(groups, open, stage)
}

// ownAPIs makes APIs of files that verify tokens in a folder in which several APIs have a file
// each: they want no audience, and are called by another name than those. Files whose names begin
// alike are of one API.
func ownAPIs(
	groups [][]policyFile, open []policyFile, stage string,
) (all [][]policyFile, left []policyFile) {
	all = slices.Clone(groups)
	for _, f := range open {
		near := func(other policyFile) bool { return path.Dir(other.name) == path.Dir(f.name) }
		several := func(group []policyFile) bool {
			return len(source.Without(group, func(other policyFile) bool {
				return !near(other)
			})) > 1
		}
		alike := func(group []policyFile) bool {
			return slices.ContainsFunc(group, func(other policyFile) bool {
				return near(other) && firstWord(other.name, stage) == firstWord(f.name, stage)
			})
		}
		at := slices.IndexFunc(all, alike)
		switch {
		case !f.verifies || f.joint || slices.ContainsFunc(groups, several):
			left = append(left, f)
		case at >= 0:
			all[at] = append(all[at], f)
		default:
			all = append(all, []policyFile{f})
		}
	}
	return all, left
}

func (f policyFile) is(other policyFile) bool { return f.name == other.name }

// home is the group of files that a file belongs to; less than 0 where that is not known.
func (f *policyFile) home(groups [][]policyFile, stage string) int {
	near := func(a, b string) bool { return path.Dir(a) == path.Dir(b) }
	for _, alike := range []func(a, b string) bool{
		func(a, b string) bool {
			return near(a, b) && firstWord(a, stage) == firstWord(b, stage)
		},
		near,
	} {
		var found []int
		for g, group := range groups {
			isAlike := func(other policyFile) bool { return alike(f.name, other.name) }
			if slices.ContainsFunc(group, isAlike) {
				found = append(found, g)
			}
		}
		if len(found) == 1 {
			return found[0]
		}
	}
	return -1
}

// firstWord is what a file's name begins with, without its stage.
func firstWord(name, stage string) string {
	all := segments(name, stage)
	own := words(all[len(all)-1])
	if len(own) == 0 {
		return ""
	}
	return own[0]
}

func (f *policyFile) fits(group []policyFile) bool {
	return !slices.ContainsFunc(group, func(other policyFile) bool { return f.isApart(&other) })
}

// partNames is what the names of each group's files have, and those of the others and of their
// environment lack: the first folder, or the file, that differs. Where there is none, it is a
// number.
func partNames(groups [][]policyFile, environment string) []string {
	names := make([]string, len(groups))
	for depth := range len(segments(groups[0][0].name, environment)) {
		for g, group := range groups {
			names[g] = ""
			if all := segments(group[0].name, environment); depth < len(all) {
				names[g] = all[depth]
			}
		}
		if areNames(names) {
			return names
		}
	}
	return numbers(len(groups))
}

// segments are the folders and the name of a file, without its extension and the words that its
// environment is called by.
func segments(name, environment string) []string {
	all := strings.Split(strings.TrimSuffix(name, path.Ext(name)), "/")
	called := words(environment)
	for i, segment := range all {
		own := words(segment)
		left := source.Without(own, func(word string) bool {
			return slices.Contains(called, word)
		})
		if len(left) < len(own) {
			all[i] = strings.Join(left, "-")
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
	return partIn(source.Without(s.environments, func(env *surveyed) bool {
		return env.stage != stage
	}), name)
}

func partIn(parts []*surveyed, name string) *surveyed {
	for _, env := range parts {
		if slices.Contains(segments(name, env.whole), env.part) {
			return env
		}
	}
	return nil
}
