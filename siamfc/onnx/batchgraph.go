package onnx

import (
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// Numbers of fields in onnx.proto3.
const (
	modelGraph     protowire.Number = 7
	modelMetadata  protowire.Number = 14
	graphNode      protowire.Number = 1
	graphInput     protowire.Number = 11
	graphOutput    protowire.Number = 12
	graphValueInfo protowire.Number = 13
	valueName      protowire.Number = 1
)

// batching makes a search graph of n crops of one that takes one: its image and outputs have n in their first
// dimension, and each input NAME that is of a target is there n times, as NAME#0 and so on. What only looks at the
// crops does so for all in one node. Where a crop meets what is of its target there is a node for each, so that the
// sums are the ones of the graph for one crop, to the last bit.
type batching struct {
	n       int
	crops   map[string]bool // values that depend on the crops
	targets map[string]bool // values that depend on targets alone; they are there one by one
	apart   map[string]bool // values of the crops that are there one by one
	joined  map[string]bool // values that are there as one tensor of n
	makers  map[string]node // of values
	out     []node
}

// batched returns a model's bytes, rewritten to take n crops; targets are the inputs that belong to one. Only the
// outputs that are named are kept.
func batched(model []byte, n int, targets, outputs []string) ([]byte, error) {
	all, err := fields(model)
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, f := range all {
		switch f.number {
		case modelMetadata: // holds the exemplar graph too
		case modelGraph:
			graph, err := rewritten(f.value, n, targets, outputs)
			if err != nil {
				return nil, err
			}
			out = appendField(out, modelGraph, graph)
		default:
			out = append(out, f.whole...)
		}
	}
	return out, nil
}

func rewritten(graph []byte, n int, targets, outputs []string) ([]byte, error) {
	all, err := fields(graph)
	if err != nil {
		return nil, err
	}
	b := batching{n: n, crops: map[string]bool{inputImage: true}, targets: map[string]bool{}, apart: map[string]bool{},
		joined: map[string]bool{inputImage: true}, makers: map[string]node{}}
	for _, t := range targets {
		b.targets[t] = true
	}
	var out []byte
	for _, f := range all {
		switch f.number {
		case graphNode:
			err = b.add(f.value)
		case graphInput, graphOutput:
			out, err = b.declare(out, f, outputs)
		case graphValueInfo: // of shapes that no longer hold
		default:
			out = append(out, f.whole...)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, o := range outputs {
		b.join(o)
	}
	for _, made := range b.out {
		out = appendField(out, graphNode, made.bytes())
	}
	return out, nil
}

// declare adds the declaration of an input or output, of n crops.
func (b *batching) declare(out []byte, f field, outputs []string) ([]byte, error) {
	called, err := within(f.value, valueName)
	if err != nil {
		return nil, err
	}
	name := string(called)
	switch {
	case f.number == graphInput && b.targets[name]:
		for _, own := range b.items(name) {
			v, err := edit(f.value, func([]byte) []byte { return []byte(own) }, valueName)
			if err != nil {
				return nil, err
			}
			out = appendField(out, graphInput, v)
		}
		return out, nil
	case name == inputImage, slices.Contains(outputs, name):
		// type, tensor_type, shape, the first dim, whose field 1 is its value
		v, err := edit(f.value, func([]byte) []byte { return appendNumber(nil, 1, uint64(b.n)) }, 2, 1, 2, 1)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", name, err)
		}
		return appendField(out, f.number, v), nil
	case f.number == graphInput:
		return append(out, f.whole...), nil
	}
	return out, nil
}

// item is what a value of one crop or target is called.
func item(value string, i int) string { return fmt.Sprintf("%s#%d", value, i) }

// items is what a value of each crop or target is called.
func (b *batching) items(value string) (names []string) {
	for i := range b.n {
		names = append(names, item(value, i))
	}
	return names
}

// add takes the graph's next node; they come in the order in which they are computed.
func (b *batching) add(data []byte) error {
	d, err := parseNode(data)
	if err != nil {
		return err
	}
	for _, o := range d.outputs {
		b.makers[o] = d
	}
	crops := slices.ContainsFunc(d.inputs, func(v string) bool { return b.crops[v] })
	targets := slices.ContainsFunc(d.inputs, func(v string) bool { return b.targets[v] })
	switch {
	case !crops && !targets:
		b.out = append(b.out, d)
	case !crops:
		b.each(d, b.targets)
	case targets && !elementwise[d.operator], !targets && pointless[d.operator] && b.allApart(d):
		for _, v := range d.inputs {
			b.split(v)
		}
		b.each(d, b.apart)
	default:
		for _, v := range d.inputs {
			b.join(v)
		}
		b.out = append(b.out, d)
		maps.Insert(b.joined, maps.All(set(d.outputs)))
	}
	if crops {
		maps.Insert(b.crops, maps.All(set(d.outputs)))
	}
	return nil
}

// elementwise are operators that treat n targets' numbers, one after the other in one tensor, as they treat one's.
var elementwise = map[string]bool{"Add": true, "Sub": true, "Mul": true, "Div": true}

// pointless are operators before which there is no point in joining crops that are apart.
var pointless = map[string]bool{"QuantizeLinear": true, "Softmax": true}

func set(names []string) map[string]bool {
	out := map[string]bool{}
	for _, n := range names {
		out[n] = true
	}
	return out
}

// allApart reports whether all of a node's inputs that depend on crops are there one by one only.
func (b *batching) allApart(d node) bool {
	return !slices.ContainsFunc(d.inputs, func(v string) bool { return b.crops[v] && b.joined[v] })
}

// each adds a node for each crop, or target, and notes its outputs among those that are there one by one.
func (b *batching) each(d node, among map[string]bool) {
	for i := range b.n {
		own := d
		own.inputs, own.outputs = slices.Clone(d.inputs), slices.Clone(d.outputs)
		for k, v := range own.inputs {
			if b.targets[v] || b.apart[v] {
				own.inputs[k] = item(v, i)
			}
		}
		for k, v := range own.outputs {
			own.outputs[k] = item(v, i)
		}
		b.out = append(b.out, own)
	}
	maps.Insert(among, maps.All(set(d.outputs)))
}

// split makes a value of the crops be there one by one. What is dequantised is split before that, so that what reads it
// is still an operator on whole numbers.
func (b *batching) split(v string) {
	if !b.crops[v] || b.apart[v] {
		return
	}
	if d := b.makers[v]; d.operator == "DequantizeLinear" {
		b.split(d.inputs[0])
		b.each(d, b.apart)
		return
	}
	b.out = append(b.out, node{inputs: []string{v}, outputs: b.items(v), operator: "Split", rest: integer("axis", 0)})
	b.apart[v] = true
}

// join makes a value be there as one tensor of n.
func (b *batching) join(v string) {
	if b.joined[v] || !b.targets[v] && !b.apart[v] {
		return
	}
	b.out = append(b.out, node{inputs: b.items(v), outputs: []string{v}, operator: "Concat", rest: integer("axis", 0)})
	b.joined[v] = true
}
