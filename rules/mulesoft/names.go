package mulesoft

import (
	_ "embed" // for the table of fields
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// fieldTable lists the fields of the vendor's policies, one a line: the policy's asset id, the
// field's name, its type, and more.
//
//go:embed fields.tsv
var fieldTable string

// fieldNames lists the names of a policy kind's fields, as the policy itself spells them.
func fieldNames(asset string) []string {
	var names []string
	for _, f := range fieldsOf(asset) {
		names = append(names, f.name)
	}
	for line := range strings.Lines(fieldTable) {
		columns := strings.Split(line, "\t")
		if len(columns) > 1 && columns[0] == asset {
			names = append(names, columns[1])
		}
	}
	return names
}

// snake turns a policy's name for a field into Terraform's. A run of capitals is one word:
// introspectionURL becomes introspection_url (mulesoft/terraform-provider-anypoint, CamelToSnake).
func snake(name string) string {
	capital := func(i int) bool {
		return i >= 0 && i < len(name) && name[i] >= 'A' && name[i] <= 'Z'
	}
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if capital(i) {
			lastOfRun := capital(i-1) && i+1 < len(name) && !capital(i+1)
			if i > 0 && (!capital(i-1) || lastOfRun) {
				b.WriteByte('_')
			}
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// camel turns Terraform's name for a field into the policy's, which has fields of these names. A
// name that Terraform does not have for any field of the policy never becomes the name of one.
func camel(fields []string, name string) string {
	for _, field := range fields {
		if snake(field) == name {
			return field
		}
	}
	guess := camelWords(name)
	if guess != name && slices.Contains(fields, guess) {
		return name
	}
	return guess
}

// camelWords joins words with underscores between them.
func camelWords(name string) string {
	var b strings.Builder
	for i, part := range strings.Split(name, "_") {
		if i > 0 && part != "" {
			_, first := utf8.DecodeRuneInString(part)
			part = strings.ToUpper(part[:first]) + part[first:]
		}
		b.WriteString(part)
	}
	return b.String()
}

// camelConfig gives the fields of a configuration the policy's own names. The argument of
// jsonencode has them already.
func camelConfig(asset string, config *source.Value) *source.Value {
	if !config.Is(source.Object) {
		return config
	}
	renamed, fields := *config, fieldNames(asset)
	renamed.Members = make([]source.Member, 0, len(config.Members))
	for _, m := range config.Members {
		m.Key = camel(fields, m.Key)
		if at := claimBlocks(&renamed, &m); at != nil {
			at.Items = append(at.Items, m.Value)
			continue
		}
		renamed.Members = append(renamed.Members, m)
	}
	return &renamed
}

// spelled is the name under which the file has a field, or would have it.
func (e *entry) spelled(field string) string {
	if e.snakeCase == nil {
		return field
	}
	ownNames, fields := false, fieldNames(e.asset)
	for _, m := range e.snakeCase.Members {
		if camel(fields, m.Key) == field {
			return m.Key
		}
		ownNames = ownNames || strings.ToLower(m.Key) != m.Key
	}
	if ownNames {
		return field
	}
	return snake(field)
}
