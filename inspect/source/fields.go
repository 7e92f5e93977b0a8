package source

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Fields is an object to be written, its members in this order.
type Fields []Field

// Field is one member of an object to be written.
type Field struct {
	Key   string
	Value any
}

// valueOf makes a value of what a caller wants written.
func valueOf(with any) (*Value, error) {
	switch with := with.(type) {
	case nil:
		return &Value{Kind: Null}, nil
	case *Value:
		if with == nil {
			return &Value{Kind: Null}, nil
		}
		return with, nil
	case bool:
		return &Value{Kind: Bool, Text: strconv.FormatBool(with)}, nil
	case int:
		return &Value{Kind: Number, Text: strconv.Itoa(with)}, nil
	case int64:
		return &Value{Kind: Number, Text: strconv.FormatInt(with, 10)}, nil
	case string:
		if !utf8.ValidString(with) {
			return nil, errors.New("a string to be written is not UTF-8")
		}
		return &Value{Kind: String, Text: with}, nil
	case []any:
		return listOf(with)
	case Fields:
		return objectOf(with)
	}
	return nil, fmt.Errorf("a value of type %T can't be written", with)
}

func listOf(items []any) (*Value, error) {
	list := &Value{Kind: List}
	for _, item := range items {
		v, err := valueOf(item)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, v)
	}
	return list, nil
}

func objectOf(fields Fields) (*Value, error) {
	object := &Value{Kind: Object}
	for _, field := range fields {
		v, err := valueOf(field.Value)
		if err != nil {
			return nil, err
		}
		object.Members = append(object.Members, Member{Key: field.Key, Value: v})
	}
	return object, nil
}
