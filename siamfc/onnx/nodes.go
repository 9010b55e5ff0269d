package onnx

import (
	"encoding/binary"

	"google.golang.org/protobuf/encoding/protowire"
)

// Numbers of fields in onnx.proto3 of a node, and of its attributes and their types.
const (
	nodeInput     protowire.Number = 1
	nodeOutput    protowire.Number = 2
	nodeName      protowire.Number = 3
	nodeOperator  protowire.Number = 4
	nodeAttribute protowire.Number = 5
	nodeDomain    protowire.Number = 7
	attributeName protowire.Number = 1
	attributeInt  protowire.Number = 3
	attributeInts protowire.Number = 8
	attributeType protowire.Number = 20

	attributeIsInt, attributeIsInts = 2, 7
)

// node is a NodeProto, as far as it is changed here.
type node struct {
	inputs, outputs  []string
	operator, domain string
	rest             []byte // its other fields: attributes
}

func parseNode(data []byte) (node, error) {
	var d node
	all, err := fields(data)
	for _, f := range all {
		switch f.number {
		case nodeInput:
			d.inputs = append(d.inputs, string(f.value))
		case nodeOutput:
			d.outputs = append(d.outputs, string(f.value))
		case nodeName: // is no use, and must be of one node
		case nodeOperator:
			d.operator = string(f.value)
		case nodeDomain:
			d.domain = string(f.value)
		default:
			d.rest = append(d.rest, f.whole...)
		}
	}
	return d, err
}

func (d node) bytes() []byte {
	out := appendText(nil, nodeInput, d.inputs...)
	out = appendText(out, nodeOutput, d.outputs...)
	out = appendText(out, nodeOperator, d.operator)
	if d.domain != "" {
		out = appendText(out, nodeDomain, d.domain)
	}
	return append(out, d.rest...)
}

// integer is an attribute of a whole number.
func integer(name string, value int64) []byte {
	a := appendNumber(appendText(nil, attributeName, name), attributeInt, uint64(value))
	return appendField(nil, nodeAttribute, appendNumber(a, attributeType, attributeIsInt))
}

// integer returns a node's attribute of a whole number, another where it has none of that name.
func (d node) integer(name string, other int64) int64 {
	attributes, err := fields(d.rest)
	if err != nil {
		return other
	}
	for _, a := range attributes {
		called, err := within(a.value, attributeName)
		if a.number != nodeAttribute || err != nil || string(called) != name {
			continue
		}
		parts, err := fields(a.value)
		if err != nil {
			return other
		}
		for _, p := range parts {
			if v := p.numbers(); p.number == attributeInt && len(v) == 1 {
				return int64(v[0])
			}
		}
	}
	return other
}

// integers is an attribute of whole numbers.
func integers(name string, values ...uint64) []byte {
	a := appendText(nil, attributeName, name)
	for _, v := range values {
		a = appendNumber(a, attributeInts, v)
	}
	return appendField(nil, nodeAttribute, appendNumber(a, attributeType, attributeIsInts))
}

// transpose is a node that turns a tensor: its i-th dimension is the order[i]-th of what it reads.
func transpose(from, to string, order ...uint64) node {
	return node{operator: "Transpose", inputs: []string{from}, outputs: []string{to}, rest: integers("perm", order...)}
}

// wholeNumbers is a TensorProto of 64-bit whole numbers in a row.
func wholeNumbers(name string, numbers []int64) []byte {
	var raw []byte
	for _, v := range numbers {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	t := appendNumber(appendNumber(nil, tensorDims, uint64(len(numbers))), tensorType, typeInt64)
	return appendField(appendText(t, tensorName, name), tensorRaw, raw)
}
