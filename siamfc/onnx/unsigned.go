package onnx

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// Numbers of fields in onnx.proto3, and of its types of numbers.
const (
	graphInitializer protowire.Number = 5
	tensorDims       protowire.Number = 1
	tensorType       protowire.Number = 2
	tensorInt32      protowire.Number = 5 // of smaller numbers too
	tensorName       protowire.Number = 8
	tensorRaw        protowire.Number = 9

	typeFloat, typeUint8, typeInt8, typeInt64 = 1, 2, 3, 7
)

// leastProducts is from how many products a sum on tiles is quicker, where the numbers for it must be gathered first.
const leastProducts = 576

// unsigned has a quantised model's larger convolutions take their weights as bytes without a sign, 128 for 0, which are
// the same weights in the same sums. ONNX Runtime runs those by gathering what each sum is of and multiplying matrices,
// for which it has code with AMX's tiles; those with a sign it runs without gathering, but also without tiles. On a
// CPU that has them (4th generation Xeon) a search pass of siamtrack takes 0.94 of the time so, siamtrack-s's 0.96,
// siamtrack-l's 0.84; where it has none, a search pass would be slower. What is no such model comes back as it is.
func unsigned(model []byte) []byte {
	out, err := edit(model, func(graph []byte) []byte {
		all, err := fields(graph)
		if err != nil {
			return graph
		}
		chosen := signedWeights(all)
		out := make([]byte, 0, len(graph))
		for _, f := range all {
			if f.number == graphInitializer && chosen[parseTensor(f.value).name] {
				out = appendField(out, graphInitializer, withoutSign(f.value))
			} else {
				out = append(out, f.whole...)
			}
		}
		return out
	}, modelGraph)
	if err != nil {
		return model
	}
	return out
}

// signedWeights names the weights, and their zero points, that are to lose their signs.
func signedWeights(graph []field) map[string]bool {
	tensors, readers := map[string]tensorInfo{}, map[string]int{}
	makers, convs := map[string]node{}, []node{}
	for _, f := range graph {
		switch f.number {
		case graphInitializer:
			t := parseTensor(f.value)
			tensors[t.name] = t
		case graphNode:
			n, err := parseNode(f.value)
			if err != nil {
				return nil
			}
			for _, v := range n.inputs {
				readers[v]++
			}
			for _, v := range n.outputs {
				makers[v] = n
			}
			if n.operator == "Conv" && len(n.inputs) > 1 {
				convs = append(convs, n)
			}
		}
	}
	chosen := map[string]bool{}
	for _, c := range convs {
		d := makers[c.inputs[1]]
		if d.operator != "DequantizeLinear" || len(d.inputs) != 3 {
			continue
		}
		weight, zero := tensors[d.inputs[0]], tensors[d.inputs[2]]
		own := readers[weight.name] == 1 && readers[zero.name] == 1
		if own && weight.signed() && zero.signed() && weight.products() >= leastProducts {
			chosen[weight.name], chosen[zero.name] = true, true
		}
	}
	return chosen
}

// tensorInfo is a TensorProto, as far as it is looked at here.
type tensorInfo struct {
	name string
	kind []uint64
	dims []uint64
	raw  []byte // its numbers, where they are bytes
}

// signed reports whether it is of bytes with a sign.
func (t tensorInfo) signed() bool { return slices.Equal(t.kind, []uint64{typeInt8}) && t.raw != nil }

// products is how many numbers of a convolution's weight go into one sum.
func (t tensorInfo) products() uint64 {
	if len(t.dims) != 4 {
		return 0
	}
	return t.dims[1] * t.dims[2] * t.dims[3]
}

func parseTensor(data []byte) tensorInfo {
	var t tensorInfo
	all, err := fields(data)
	if err != nil {
		return t
	}
	for _, f := range all {
		switch f.number {
		case tensorName:
			t.name = string(f.value)
		case tensorRaw:
			t.raw = f.value
		case tensorInt32:
			for _, v := range f.numbers() {
				t.raw = append(t.raw, byte(v))
			}
		case tensorType:
			t.kind = f.numbers()
		case tensorDims:
			t.dims = append(t.dims, f.numbers()...)
		}
	}
	return t
}

// withoutSign returns a TensorProto of bytes with a sign as one of bytes that are larger by 128.
func withoutSign(data []byte) []byte {
	all, err := fields(data)
	if err != nil {
		return data
	}
	var out []byte
	for _, f := range all {
		switch f.number {
		case tensorType:
			out = appendNumber(out, tensorType, typeUint8)
		case tensorRaw, tensorInt32:
		default:
			out = append(out, f.whole...)
		}
	}
	raw := slices.Clone(parseTensor(data).raw)
	for i := range raw {
		raw[i] ^= 0x80
	}
	return appendField(out, tensorRaw, raw)
}
