package onnx

import (
	"encoding/binary"
	"errors"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// errMessage says that bytes are not the protobuf message that they should be.
var errMessage = errors.New("not a protobuf message")

// field is one field of a protobuf message.
type field struct {
	number protowire.Number
	whole  []byte // tag and value, as they stand in the message
	value  []byte // of a field that is text, bytes or a message; nil for others
}

// fields returns the fields of a message, in order. They are of data's memory.
func fields(data []byte) ([]field, error) {
	var out []field
	for len(data) > 0 {
		number, kind, tag := protowire.ConsumeTag(data)
		if tag < 0 {
			return nil, errMessage
		}
		size := protowire.ConsumeFieldValue(number, kind, data[tag:])
		if size < 0 {
			return nil, errMessage
		}
		f := field{number: number, whole: data[:tag+size]}
		if kind == protowire.BytesType {
			f.value, _ = protowire.ConsumeBytes(data[tag : tag+size])
		}
		out, data = append(out, f), data[tag+size:]
	}
	return out, nil
}

// numbers returns the whole numbers of a field: its one, or those that are packed in it.
func (f field) numbers() (out []uint64) {
	data := f.value
	if data == nil {
		_, _, tag := protowire.ConsumeTag(f.whole)
		data = f.whole[tag:]
	}
	for len(data) > 0 {
		v, n := protowire.ConsumeVarint(data)
		if n < 0 {
			return nil
		}
		out, data = append(out, v), data[n:]
	}
	return out
}

// appendField adds a field of text, bytes or a message.
func appendField(to []byte, number protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(to, number, protowire.BytesType), value)
}

// appendText is appendField for texts.
func appendText(to []byte, number protowire.Number, texts ...string) []byte {
	for _, t := range texts {
		to = appendField(to, number, []byte(t))
	}
	return to
}

// appendNumber adds a field of a whole number.
func appendNumber(to []byte, number protowire.Number, value uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(to, number, protowire.VarintType), value)
}

// first is the index of the first field of a number that is text, bytes or a message; -1 where there is none.
func first(all []field, number protowire.Number) int {
	return slices.IndexFunc(all, func(f field) bool { return f.number == number && f.value != nil })
}

// within returns the value of the first field at the end of a path of messages, in data's memory.
func within(data []byte, path ...protowire.Number) ([]byte, error) {
	for _, number := range path {
		all, err := fields(data)
		if err != nil {
			return nil, err
		}
		at := first(all, number)
		if at < 0 {
			return nil, errMessage
		}
		data = all[at].value
	}
	return data, nil
}

// edit returns a message in which the first field at the end of a path of messages is changed by f.
func edit(data []byte, f func([]byte) []byte, path ...protowire.Number) ([]byte, error) {
	if len(path) == 0 {
		return f(data), nil
	}
	all, err := fields(data)
	if err != nil {
		return nil, err
	}
	at := first(all, path[0])
	if at < 0 {
		return nil, errMessage
	}
	inner, err := edit(all[at].value, f, path[1:]...)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(data)+len(inner)-len(all[at].value)+binary.MaxVarintLen64)
	for i, f := range all {
		if i == at {
			out = appendField(out, f.number, inner)
		} else {
			out = append(out, f.whole...)
		}
	}
	return out, nil
}
