//go:build !js

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// Of a module's format (webassembly.github.io/spec/core/binary) no more is read than what stands
// before its data.
const (
	preamble    = 8 // bytes: the magic number and the version
	dataSection = 11
	activeData  = 0
	constant    = 0x41 // i32.const
	end         = 0x0b
)

// mostZeros is how many zeros between two segments are written out.
const mostZeros = 1024

// segment is what a module puts into its memory at an address. The head is how the module writes
// the address.
type segment struct {
	head    []byte
	address uint64
	data    []byte
}

// joinSegments joins the segments of a module's data with the zeros between them. The linker
// leaves out eight zeros and more, so the table that finds a function by its address becomes
// 100,000 segments of two bytes, and what stands between them, their addresses, can't be packed.
// Zeros can: the packed module is 4 % smaller.
func joinSegments(module []byte) ([]byte, error) {
	in := bytes.NewBuffer(module)
	joined := bytes.Clone(in.Next(preamble))
	for in.Len() > 0 {
		id, err := in.ReadByte()
		if err != nil {
			return nil, err
		}
		section, err := readSized(in)
		if err == nil && id == dataSection {
			section, err = joinData(section)
		}
		if err != nil {
			return nil, err
		}
		joined = appendSized(append(joined, id), section)
	}
	return joined, nil
}

func joinData(section []byte) ([]byte, error) {
	in := bytes.NewBuffer(section)
	count, err := binary.ReadUvarint(in)
	if err != nil {
		return nil, err
	}
	var all []segment
	for range count {
		next, err := readSegment(in)
		if err != nil {
			return nil, err
		}
		if len(all) > 0 {
			last := &all[len(all)-1]
			free := last.address + uint64(len(last.data))
			if free <= next.address && next.address <= free+mostZeros {
				last.data = append(last.data, make([]byte, next.address-free)...)
				last.data = append(last.data, next.data...)
				continue
			}
		}
		next.data = bytes.Clone(next.data) // which may grow
		all = append(all, next)
	}
	joined := binary.AppendUvarint(nil, uint64(len(all)))
	for _, s := range all {
		joined = appendSized(append(joined, s.head...), s.data)
	}
	return joined, nil
}

// readSegment reads a segment of the form that the linker writes. Its address is a signed number,
// which is written as an unsigned one is as long as it is not negative.
func readSegment(in *bytes.Buffer) (segment, error) {
	all := in.Bytes()
	form := []byte{activeData, constant}
	known := bytes.Equal(in.Next(len(form)), form)
	address, err := binary.ReadUvarint(in)
	if err != nil {
		return segment{}, err
	}
	if last, err := in.ReadByte(); err != nil || last != end || !known {
		return segment{}, errors.New("the linker writes another form of data segments now")
	}
	head := all[:len(all)-in.Len()]
	data, err := readSized(in)
	return segment{head, address, data}, err
}

// readSized reads bytes that stand behind their number.
func readSized(in *bytes.Buffer) ([]byte, error) {
	size, err := binary.ReadUvarint(in)
	if err != nil {
		return nil, err
	}
	if size > uint64(in.Len()) {
		return nil, io.ErrUnexpectedEOF
	}
	return in.Next(int(size)), nil
}

func appendSized(to, data []byte) []byte {
	return append(binary.AppendUvarint(to, uint64(len(data))), data...)
}
