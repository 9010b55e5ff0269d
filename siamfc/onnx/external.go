package onnx

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// message is a kind of message of ONNX's onnx.proto3, as far as the way to its tensors goes.
type message int

const (
	modelProto message = iota
	graphProto
	nodeProto
	attributeProto
	sparseTensorProto
	functionProto
	trainingInfoProto
	tensorProto
)

// inside returns which message a field of another one holds; false for fields without a tensor in them. The numbers are
// onnx.proto3's.
func (m message) inside(field protowire.Number) (message, bool) {
	fields := [...]map[protowire.Number]message{
		modelProto: {7: graphProto, 20: trainingInfoProto, 25: functionProto},
		graphProto: {1: nodeProto, 5: tensorProto, 15: sparseTensorProto},
		nodeProto:  {5: attributeProto},
		attributeProto: {
			5: tensorProto, 6: graphProto, 10: tensorProto, 11: graphProto, 22: sparseTensorProto, 23: sparseTensorProto,
		},
		sparseTensorProto: {1: tensorProto, 2: tensorProto},
		functionProto:     {7: nodeProto, 11: attributeProto},
		trainingInfoProto: {1: graphProto, 2: graphProto},
	}
	if int(m) >= len(fields) {
		return 0, false
	}
	to, ok := fields[m][field]
	return to, ok
}

// The fields of a TensorProto that say that its data is in another file.
const (
	tensorExternalData protowire.Number = 13
	tensorDataLocation protowire.Number = 14
	locationExternal                    = 1
)

// deepest bounds the graphs within graphs that are looked into.
const deepest = 64

// refuseExternal refuses an ONNX file that has tensors in other files. Which files are read would hang on the folder
// that the program was started in, and the model's checksum would not tell of a change in them. What is not ONNX at all
// it leaves to ONNX Runtime to say.
func refuseExternal(path string, data []byte) error {
	if !external(modelProto, data, deepest) {
		return nil
	}
	return fmt.Errorf("onnx: %s: %w: its weights are in other files beside it, and a model is one file here: "+
		`python3 -c 'import onnx; onnx.save(onnx.load("MODEL"), "WHOLE")' makes it one`, path, ErrModel)
}

// external reports whether a message holds a tensor whose data is in another file.
func external(m message, data []byte, depth int) bool {
	for len(data) > 0 && depth > 0 {
		field, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			return false
		}
		data = data[n:]
		size := protowire.ConsumeFieldValue(field, kind, data)
		if size < 0 {
			return false
		}
		value := data[:size]
		data = data[size:]
		if m == tensorProto {
			location, _ := protowire.ConsumeVarint(value)
			if field == tensorExternalData || field == tensorDataLocation && location == locationExternal {
				return true
			}
		}
		if to, ok := m.inside(field); ok && kind == protowire.BytesType {
			if part, n := protowire.ConsumeBytes(value); n >= 0 && external(to, part, depth-1) {
				return true
			}
		}
	}
	return false
}
