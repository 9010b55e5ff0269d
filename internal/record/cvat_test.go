package record

import (
	"bytes"
	"testing"

	"siamtrack/tracker"
)

// The document is the one that CVAT describes under "CVAT for videos" in its manual of XML annotation format 1.1.
func TestCVAT(t *testing.T) {
	var b bytes.Buffer
	r := NewCVAT(&b, "a", Video{Name: "walk.mp4", Width: 64, Height: 48})
	for _, row := range []Row{
		{Frame: 0, ID: 1, Box: tracker.Box{X: 1, Y: 2, W: 3, H: 4.5}},
		{Frame: 0, ID: 2, Name: `a<"b"`, Box: tracker.Box{X: 5, Y: 6, W: 7, H: 8}},
		{Frame: 9, ID: 1, Box: tracker.Box{X: 2, Y: 2, W: 3, H: 4}, State: tracker.Lost},
	} {
		if err := r.Record(row); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	want := `<?xml version="1.0" encoding="UTF-8"?>
<annotations>
 <version>1.1</version>
 <meta>
  <source>walk.mp4</source>
  <task>
   <original_size>
    <width>64</width>
    <height>48</height>
   </original_size>
  </task>
 </meta>
 <track id="0" label="object" source="auto">
  <box frame="0" outside="0" occluded="0" keyframe="1" xtl="1" ytl="2" xbr="4" ybr="6.5" z_order="0"></box>
  <box frame="9" outside="1" occluded="0" keyframe="1" xtl="2" ytl="2" xbr="5" ybr="6" z_order="0"></box>
 </track>
 <track id="1" label="a&lt;&#34;b&#34;" source="auto">
  <box frame="0" outside="0" occluded="0" keyframe="1" xtl="5" ytl="6" xbr="12" ybr="14" z_order="0"></box>
 </track>
</annotations>
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", &b, want)
	}
}
