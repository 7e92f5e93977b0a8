package dataweave

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// compareNumbers returns the order of two numbers as they are written. DataWeave's numbers have any precision,
// PEL's are floats of 64 bits (Flex documentation, Available Types). It is not ok for a text that is no decimal
// number, or one so large that reading it exactly costs too much.
func compareNumbers(d Dialect, a, b string) (order int, ok bool) {
	if d == Flex {
		x, y, ok := floats(a, b)
		return compareFloats(x, y), ok
	}
	x, err := strconv.ParseInt(a, 10, 64)
	y, err2 := strconv.ParseInt(b, 10, 64)
	if err == nil && err2 == nil {
		return compareInts(x, y), true
	}
	p, ok := rational(a)
	q, ok2 := rational(b)
	if !ok || !ok2 {
		return 0, false
	}
	return p.Cmp(q), true
}

func compareInts(x, y int64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	default:
		return 0
	}
}

func compareFloats(x, y float64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	default:
		return 0
	}
}

func floats(a, b string) (x, y float64, ok bool) {
	if !isDecimal(a) || !isDecimal(b) {
		return 0, 0, false
	}
	x, err := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return x, y, err == nil && err2 == nil && !math.IsInf(x, 0) && !math.IsInf(y, 0)
}

// rational reads a decimal number exactly. An exponent of more than three digits isn't read.
func rational(text string) (*big.Rat, bool) {
	_, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	if !isDecimal(text) || len(text) > 400 || len(strings.TrimLeft(exponent, "+-")) > 3 {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// isDecimal reports whether a text is a number as JSON writes it (RFC 8259, section 6).
func isDecimal(text string) bool {
	s := scanner{text: strings.TrimPrefix(text, "-")}
	if s.text == "" || !isDigit(rune(s.text[0])) {
		return false
	}
	_, err := s.number()
	return err == nil && s.pos == len(s.text)
}

// isInteger reports whether a text is a whole number in its only form: no sign but -, no leading zero.
func isInteger(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	return isDecimal(text) && strings.Trim(digits, "0123456789") == "" && text != "-0"
}
