package evaluator

import "strings"

// marks are the template marks of deployment tools (mulesoft.md 9): a value with one is known to
// the deployment only.
var marks = [...][2]string{
	{"${", "}"},
	{"{{", "}}"},
	{"#{", "}#"},
	{"$(", ")"},
	{"__", "__"},
	{"<%", "%>"},
	{"{%", "%}"},
	{"<", ">"},
	{"%", "%"},
}

// templated reports whether a text is only known to a deployment.
func templated(text string) bool {
	for _, mark := range marks {
		if _, rest, found := strings.Cut(text, mark[0]); found && strings.Contains(rest, mark[1]) {
			return true
		}
	}
	return false
}

// flags are the values that a switch may have: its own, its default where it is absent or null,
// and either where it is anything but true or false, since no page says how another type is read.
func (r *reading) flags(name string) []bool {
	switch value := r.config[name].(type) {
	case bool:
		return []bool{value}
	case nil:
		return []bool{false}
	}
	return []bool{false, true}
}

// switched returns the answer that all values of a switch agree on.
func (r *reading) switched(name string, answer func(on bool) Answer) Answer {
	var answers []Answer
	for _, on := range r.flags(name) {
		answers = append(answers, answer(on))
	}
	return either(answers...)
}

// text returns a member's text, and whether it can be known.
func (r *reading) text(name, absent string) (value string, known bool) {
	if r.config[name] == nil {
		return absent, absent != ""
	}
	value, known = r.config[name].(string)
	return value, known && !templated(value)
}

// normal turns every number into the one kind that JSON has.
func normal(value any) any {
	switch v := value.(type) {
	case int:
		return float64(v)
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = normal(item)
		}
		return list
	case map[string]any:
		members := make(map[string]any, len(v))
		for name, member := range v {
			members[name] = normal(member)
		}
		return members
	}
	return value
}
