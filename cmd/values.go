package cmd

import (
	"strconv"
	"time"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// textValue is a string as a value of a file.
func textValue(s string) *source.Value { return &source.Value{Kind: source.String, Text: s} }

// textValues is a list of strings as a value of a file.
func textValues(all []string) *source.Value {
	list := &source.Value{Kind: source.List}
	for _, s := range all {
		list.Items = append(list.Items, textValue(s))
	}
	return list
}

// instantValue is a NumericDate as a value of a file.
func instantValue(at time.Time) *source.Value {
	return &source.Value{Kind: source.Number, Text: strconv.FormatInt(at.Unix(), 10)}
}

// objectOf makes an object of names and values in turn.
func objectOf(pairs ...any) *source.Value {
	object := &source.Value{Kind: source.Object}
	for i := 0; i+1 < len(pairs); i += 2 {
		object.Members = append(object.Members, source.Member{Key: pairs[i].(string), Value: pairs[i+1].(*source.Value)})
	}
	return object
}
