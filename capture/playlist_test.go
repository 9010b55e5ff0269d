package capture

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestPlaylistsOpenNoAddress: a file that names a video elsewhere, whatever its own name says, makes nobody open it.
func TestPlaylistsOpenNoAddress(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var came atomic.Int64
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			came.Add(1)
			c.Close()
		}
	}()
	url := "http://" + l.Addr().String() + "/v.ts"
	port := l.Addr().String()[strings.LastIndexByte(l.Addr().String(), ':')+1:]
	for kind, text := range map[string]string{
		"hls":    "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n" + url + "\n#EXT-X-ENDLIST\n",
		"master": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n" + url + "\n",
		"concat": "ffconcat version 1.0\nfile " + url + "\n",
		"dash": `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet ` +
			`mimeType="video/mp4"><Representation id="a" bandwidth="1"><BaseURL>` + url +
			`</BaseURL></Representation></AdaptationSet></Period></MPD>`,
		"sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video " + port +
			" TCP/RTP/AVP 96\na=rtpmap:96 H264/90000\n",
	} {
		for _, name := range []string{"v.mp4", "v.m3u8", "v.mpd", "v.ffconcat", "v.sdp", "v"} {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if s, err := Open(path, Options{OpenTimeout: time.Second}); err == nil {
				s.Close()
				t.Errorf("%s as %s was opened", kind, name)
			}
			if n := came.Swap(0); n > 0 {
				t.Errorf("%s as %s opened an address", kind, name)
			}
		}
	}
}
