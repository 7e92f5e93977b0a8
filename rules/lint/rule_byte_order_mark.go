package lint

import "github.com/gatewhy/gatewhy/rules"

// byteOrderMark is found where a file is compiled.
func byteOrderMark() rules.Rule {
	return rules.Rule{
		Name:       "byte-order-mark",
		Title:      "the file starts with a byte order mark",
		Why:        "Strict readers of JSON refuse it.",
		Fix:        "Save the file as UTF-8 without a byte order mark.",
		Severity:   rules.Warning,
		References: []string{"RFC 8259, section 8.1"},
	}
}
