package onnx

import (
	"slices"

	ort "github.com/yalue/onnxruntime_go"
	"google.golang.org/protobuf/encoding/protowire"
)

// Numbers of fields in onnx.proto3, from a value's declaration down to a dimension.
const (
	valueType   protowire.Number = 2
	typeTensor  protowire.Number = 1
	tensorElem  protowire.Number = 1
	tensorShape protowire.Number = 2
	shapeDim    protowire.Number = 1
	dimValue    protowire.Number = 1
)

// declarations returns what a model's file says of its inputs and outputs. ONNX Runtime tells it only of a session, and
// to make one more for that takes as long as to make the one that is used. It asks ONNX Runtime all the same where the
// file does not say everything, and that can be inferred. Sizes that depend on an open one of the inputs are open too.
func declarations(model []byte) (in, out []ort.InputOutputInfo, err error) {
	if in, out, ok := declared(model); ok {
		return in, out, nil
	}
	return ort.GetInputOutputInfoWithONNXData(model)
}

// declared is declarations without ONNX Runtime; false where something is no tensor whose shape is declared.
func declared(model []byte) (in, out []ort.InputOutputInfo, ok bool) {
	data, err := within(model, modelGraph)
	if err != nil {
		return nil, nil, false
	}
	graph, err := fields(data)
	if err != nil {
		return nil, nil, false
	}
	constant := map[string]bool{} // older files list these among the inputs
	for _, f := range graph {
		if f.number == graphInitializer {
			constant[parseTensor(f.value).name] = true
		}
	}
	for _, f := range graph {
		if f.number != graphInput && f.number != graphOutput {
			continue
		}
		v, ok := declaration(f.value)
		switch {
		case !ok:
			return nil, nil, false
		case f.number == graphOutput:
			out = append(out, v)
		case !constant[v.Name]:
			in = append(in, v)
		}
	}
	return in, out, len(in) > 0 && len(out) > 0 && (!open(out) || open(in))
}

// open reports whether a size is left open.
func open(values []ort.InputOutputInfo) bool {
	return slices.ContainsFunc(values, func(v ort.InputOutputInfo) bool {
		return slices.ContainsFunc(v.Dimensions, func(d int64) bool { return d < 0 })
	})
}

// declaration reads a ValueInfoProto; false where it is not of a tensor with a shape.
func declaration(data []byte) (v ort.InputOutputInfo, ok bool) {
	name, err := within(data, valueName)
	if err != nil {
		return v, false
	}
	tensor, err := within(data, valueType, typeTensor)
	if err != nil {
		return v, false
	}
	parts, err := fields(tensor)
	if err != nil {
		return v, false
	}
	v.Name = string(name)
	var kind []uint64
	for _, f := range parts {
		switch f.number {
		case tensorElem:
			kind = f.numbers()
		case tensorShape:
			v.Dimensions, ok = dimensions(f.value)
		}
	}
	if !ok || len(kind) != 1 || v.Name == "" {
		return v, false
	}
	v.OrtValueType, v.DataType = ort.ONNXTypeTensor, ort.TensorElementDataType(kind[0]) // the numbers are the same
	return v, true
}

// dimensions reads a TensorShapeProto, whose open dimensions are -1.
func dimensions(data []byte) (ort.Shape, bool) {
	all, err := fields(data)
	shape := ort.Shape{}
	for _, f := range all {
		if f.number != shapeDim {
			continue
		}
		parts, err := fields(f.value)
		if err != nil {
			return nil, false
		}
		size := int64(-1)
		for _, p := range parts {
			if n := p.numbers(); p.number == dimValue && len(n) == 1 {
				size = int64(n[0])
			}
		}
		shape = append(shape, size)
	}
	return shape, err == nil
}
