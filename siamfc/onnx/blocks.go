package onnx

import (
	"errors"

	ort "github.com/yalue/onnxruntime_go"
	"google.golang.org/protobuf/encoding/protowire"
)

// Numbers of fields in onnx.proto3.
const (
	modelVersion protowire.Number = 1
	modelOpsets  protowire.Number = 8
	opsetDomain  protowire.Number = 1
	opsetVersion protowire.Number = 2
	graphName    protowire.Number = 2
)

// blockOf asks ONNX Runtime how many channels it takes as a block: 8 or 16 by the processor, below 2 where it has no
// code for blocks. It tells by the order in which it sorts the numbers of two pixels of 64 channels.
func blockOf() int {
	const channels = 64
	var r resources
	x, e1 := r.tensor(1, channels, 1, 2)
	y, e2 := r.tensor(1, channels, 1, 2)
	err := errors.Join(e1, e2)
	if err == nil {
		for i := range x.data {
			x.data[i] = float32(i)
		}
		err = reorder(x, y)
	}
	block := 0
	for err == nil && block < channels && y.data[block] == float32(2*block) { // the first pixel's
		block++
	}
	if r.Close() != nil {
		return 0
	}
	return block
}

// reorder sorts x into blocks of channels.
func reorder(x, y *tensor) error {
	n := node{operator: "ReorderInput", domain: blocksDomain, inputs: []string{"x"}, outputs: []string{"y"}}
	graph := appendText(appendField(nil, graphNode, n.bytes()), graphName, "g")
	graph = appendField(graph, graphInput, floats("x", x.shape...))
	graph = appendField(graph, graphOutput, floats("y", y.shape...))
	s, err := ort.NewDynamicAdvancedSessionWithONNXData(whole(graph, blocksDomain, 1), []string{"x"}, []string{"y"}, nil)
	if err != nil {
		return err
	}
	return errors.Join(s.Run([]ort.Value{x.value}, []ort.Value{y.value}), s.Destroy())
}

// whole is a ModelProto of a graph whose operators are of a domain.
func whole(graph []byte, domain string, version uint64) []byte {
	const format = 8 // IR_VERSION_2021_7_30, which ONNX 1.10 writes
	model := appendField(appendNumber(nil, modelVersion, format), modelGraph, graph)
	return appendField(model, modelOpsets, opset(domain, version))
}

// opset is an OperatorSetIdProto.
func opset(domain string, version uint64) []byte {
	return appendNumber(appendText(nil, opsetDomain, domain), opsetVersion, version)
}

// floats is a ValueInfoProto of float32 in a shape.
func floats(name string, shape ...int64) []byte {
	var sizes []byte
	for _, d := range shape {
		sizes = appendField(sizes, shapeDim, appendNumber(nil, dimValue, uint64(d)))
	}
	tensor := appendField(appendNumber(nil, tensorElem, typeFloat), tensorShape, sizes)
	return appendField(appendText(nil, valueName, name), valueType, appendField(nil, typeTensor, tensor))
}
