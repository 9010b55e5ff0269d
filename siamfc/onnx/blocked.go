package onnx

import "slices"

// blocksDomain is of ONNX Runtime's operators on channels in blocks: [N, C/block, H, W, block] in memory.
const blocksDomain = "com.microsoft.nchwc"

// blocked has a model's depthwise correlations, convolutions with a kernel a channel that comes at run time, run on
// channels in blocks. ONNX Runtime does so of itself where kernels are constant; for others it gathers the pixels of
// each channel, to multiply matrices of one row. The sums are of the same products, added up in the kernel's order and
// not in fours, so they differ in the last bits. block tells how many channels are a block, below 2 for none; it is
// asked only where there is such a convolution. What has none comes back as it is.
func blocked(model []byte, block func() int) []byte {
	found := false
	out, err := edit(model, func(graph []byte) []byte {
		all, err := fields(graph)
		if err != nil {
			return graph
		}
		kernels := runTimeKernels(all)
		if len(kernels) == 0 {
			return graph
		}
		b := blocking{block: int64(block()), kernels: kernels}
		if found = b.block > 1 && b.find(all); !found {
			return graph
		}
		return b.rewrite(make([]byte, 0, len(graph)), all)
	}, modelGraph)
	if err != nil || !found {
		return model
	}
	return appendField(out, modelOpsets, opset(blocksDomain, 1))
}

// runTimeKernels returns the shapes of a graph's inputs that may be kernels of depthwise convolutions, by name.
func runTimeKernels(graph []field) map[string][]int64 {
	kernels := map[string][]int64{}
	for _, f := range graph {
		if f.number != graphInput {
			continue
		}
		v, ok := declaration(f.value)
		if d := v.Dimensions; ok && len(d) == 4 && slices.Min(d) > 0 && d[1] == 1 {
			kernels[v.Name] = d
		}
	}
	for _, f := range graph {
		if f.number == graphInitializer { // older files list these among the inputs
			delete(kernels, parseTensor(f.value).name)
		}
	}
	return kernels
}

// blocking is what of a graph is to be rewritten.
type blocking struct {
	block   int64
	kernels map[string][]int64
	convs   map[string]node // depthwise convolutions, by what they give
	pads    map[string]node // paddings that only these read, likewise
}

// find finds the convolutions, and reports whether there are any.
func (b *blocking) find(graph []field) bool {
	b.convs, b.pads = map[string]node{}, map[string]node{}
	pads, readers := map[string]node{}, map[string]int{}
	for _, f := range graph {
		if f.number == graphOutput {
			if name, err := within(f.value, valueName); err == nil {
				readers[string(name)]++
			}
		}
		if f.number != graphNode {
			continue
		}
		n, err := parseNode(f.value)
		if err != nil || len(n.outputs) != 1 {
			continue
		}
		for _, v := range n.inputs {
			readers[v]++
		}
		switch {
		case n.operator == "Pad" && len(n.inputs) > 1:
			pads[n.outputs[0]] = n
		case n.operator == "Conv" && len(n.inputs) > 1:
			if shape := b.kernels[n.inputs[1]]; shape != nil && shape[0]%b.block == 0 && n.integer("group", 1) == shape[0] {
				b.convs[n.outputs[0]] = n
			}
		}
	}
	for _, c := range b.convs {
		if pad, ok := pads[c.inputs[0]]; ok && readers[c.inputs[0]] == 1 {
			b.pads[c.inputs[0]] = pad
		}
	}
	return len(b.convs) > 0
}

// rewrite adds the graph with what was found rewritten to out.
func (b *blocking) rewrite(out []byte, graph []field) []byte {
	for _, f := range graph {
		if f.number == graphNode {
			if n, err := parseNode(f.value); err == nil && len(n.outputs) == 1 {
				if _, ok := b.pads[n.outputs[0]]; ok {
					continue
				}
				if c, ok := b.convs[n.outputs[0]]; ok {
					out = b.conv(out, c)
					continue
				}
			}
		}
		out = append(out, f.whole...)
	}
	return out
}

// conv adds a convolution on blocks. Rows of pixels are sorted with their channels together before and after, as ONNX
// Runtime has them about its convolutions of whole numbers; so is the padding, which moves whole rows then.
func (b *blocking) conv(out []byte, c node) []byte {
	name := func(what string) string { return c.outputs[0] + "_blocks_" + what }
	add := func(n node) { out = appendField(out, graphNode, n.bytes()) }
	list := func(what string, numbers ...int64) string {
		out = appendField(out, graphInitializer, wholeNumbers(name(what), numbers))
		return name(what)
	}
	shape, x := b.kernels[c.inputs[1]], c.inputs[0]
	pad, padded := b.pads[x]
	if padded {
		x = pad.inputs[0]
	}
	add(transpose(x, name("rows"), 0, 2, 3, 1))
	x = name("rows")
	if padded {
		order := list("order", 0, 2, 3, 1, 4, 6, 7, 5)
		add(node{operator: "Gather", inputs: []string{pad.inputs[1], order}, outputs: []string{name("pads")}})
		pad.inputs = append([]string{x, name("pads")}, pad.inputs[2:]...)
		pad.outputs = []string{name("padded")}
		add(pad)
		x = name("padded")
	}
	add(node{operator: "Reshape", inputs: []string{c.inputs[1], list("split", shape[0]/b.block, b.block,
		shape[2]*shape[3])}, outputs: []string{name("flat")}})
	add(transpose(name("flat"), name("turned"), 0, 2, 1))
	add(node{operator: "Reshape", inputs: []string{name("turned"), list("shape", shape...)},
		outputs: []string{name("kernel")}})
	last := integer("channels_last", 1)
	add(node{operator: "ReorderInput", domain: blocksDomain, inputs: []string{x}, outputs: []string{name("in")},
		rest: last})
	y := c.outputs[0]
	c.domain, c.inputs = blocksDomain, append([]string{name("in"), name("kernel")}, c.inputs[2:]...)
	c.outputs = []string{name("out")}
	add(c)
	add(node{operator: "ReorderOutput", domain: blocksDomain, inputs: c.outputs, outputs: []string{name("sums")},
		rest: append(integer("channels", shape[0]), last...)})
	add(transpose(name("sums"), y, 0, 3, 1, 2))
	return out
}
