//go:build !js

package main

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// at is a segment of a module's data, as the linker writes it.
func at(address uint64, data ...byte) []byte {
	head := binary.AppendUvarint([]byte{activeData, constant}, address)
	return appendSized(append(head, end), data)
}

// moduleOfData is a module with a section before and after its data.
func moduleOfData(segments ...[]byte) []byte {
	data := binary.AppendUvarint(nil, uint64(len(segments)))
	data = append(data, bytes.Join(segments, nil)...)
	module := []byte("\x00asm\x01\x00\x00\x00\x01\x02hi")
	module = appendSized(append(module, dataSection), data)
	return append(module, "\x00\x03bye"...)
}

func TestSegmentsAreJoinedWithTheZerosBetweenThem(t *testing.T) {
	t.Parallel()
	const far = 9 + mostZeros
	for name, test := range map[string]struct{ before, after [][]byte }{
		"near": {
			[][]byte{at(1000, 1, 2), at(1005, 3), at(1006, 4)},
			[][]byte{at(1000, 1, 2, 0, 0, 0, 3, 4)},
		},
		"far": {
			[][]byte{at(8, 1), at(far, 2), at(2*far, 3)},
			[][]byte{
				at(8, append(append([]byte{1}, make([]byte, mostZeros)...), 2)...),
				at(2*far, 3),
			},
		},
		"an address before the last one": {
			[][]byte{at(2000, 1), at(1000, 2), at(1002, 3)},
			[][]byte{at(2000, 1), at(1000, 2, 0, 3)},
		},
		"one that overlaps": {
			[][]byte{at(1000, 1, 2), at(1001, 3)},
			[][]byte{at(1000, 1, 2), at(1001, 3)},
		},
		"none": {},
	} {
		module := moduleOfData(test.before...)
		kept := bytes.Clone(module)
		got, err := joinSegments(module)
		if want := moduleOfData(test.after...); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %x, %v, want %x", name, got, err, want)
		}
		if !bytes.Equal(module, kept) {
			t.Errorf("%s: the module that was given has changed", name)
		}
	}
}

func TestAModuleOfAnotherFormIsAnError(t *testing.T) {
	t.Parallel()
	whole := moduleOfData(at(1000, 1, 2))
	cut := len(whole) - len("\x00\x03bye")
	for name, module := range map[string][]byte{
		"cut off":         whole[:cut-1],
		"without a size":  whole[:preamble+1],
		"passive data":    moduleOfData([]byte{1, 1, 7}),
		"another address": moduleOfData([]byte{activeData, 0x23, 0, end, 1, 7}), // global.get
	} {
		if got, err := joinSegments(module); err == nil {
			t.Errorf("%s: %x", name, got)
		}
	}
}
