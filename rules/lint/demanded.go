package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// demanded lists the values that a check wants a claim of words or of a list to have. Of an expression these are the texts in it without which no
// token gets past, or which alone let one past.
func demanded(c *rules.Check, names ...string) []string {
	if plain := wantedTexts(c, claim(names...)); len(plain) > 0 || !inForce(c) || !ofClaims(c) || !reads(c, names...) || expressions(c) == "" {
		return plain
	}
	literals := slices.DeleteFunc(literalsOf(c), func(text string) bool { return text == " " })
	if having(c, names, nil) != shut || having(c, names, literals) != open {
		return nil
	}
	var all []string
	for i, literal := range literals {
		others := slices.Concat(literals[:i], literals[i+1:])
		if having(c, names, []string{literal}) == open || having(c, names, others) == shut {
			all = append(all, literal)
		}
	}
	return all
}

// having tells how far an otherwise usual token gets past one check with these values in the claims.
func having(c *rules.Check, names, values []string) reach {
	claims := map[string]*source.Value{}
	for _, name := range names {
		claims[name] = inForm(name, append([]string{unrelated}, values...))
	}
	got, _ := (&party{tokens: []suspect{{claims: claims}}, may: usual, limits: everyName}).gets([]*rules.Check{c})
	return got
}
