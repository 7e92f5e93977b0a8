package zstd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	library "github.com/klauspost/compress/zstd"
)

const window = 8 << 20

// texts are contents of the kinds that take different paths: nothing, one byte, a byte again and
// again, noise, a log, and few symbols.
func texts() map[string][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 300_000)
	few := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
		few[i] = "abcdefgh"[min(r.IntN(8), r.IntN(8), r.IntN(8))]
	}
	var log bytes.Buffer
	for log.Len() < 1<<20 {
		fmt.Fprintf(&log, "%d GET /orders/%x?page=%d Authorization: Bearer ey%x.%x\n",
			1_700_000_000+log.Len(), r.Uint32()>>r.IntN(32), r.IntN(20), r.Uint64(), r.Uint64())
	}
	return map[string][]byte{
		"nothing": nil, "one byte": []byte("a"), "zeros": make([]byte, 1<<20), "noise": noise,
		"few": few, "log": log.Bytes(), "short": []byte("the quick brown fox the quick brown dog"),
		"mixed": bytes.Join([][]byte{noise, log.Bytes()[:1<<18], few, noise}, nil),
	}
}

func packed(tb testing.TB, text []byte, options ...library.EOption) []byte {
	tb.Helper()
	var out bytes.Buffer
	w, err := library.NewWriter(&out, append(options, library.WithEncoderConcurrency(1))...)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func unpacked(in []byte) ([]byte, error) {
	return io.ReadAll(NewReader(bytes.NewReader(in), window))
}

func TestWhatTheLibraryPacksIsUnpacked(t *testing.T) {
	t.Parallel()
	check := func(name string, text []byte, options ...library.EOption) {
		got, err := unpacked(packed(t, text, options...))
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: %v, %d of %d bytes", name, err, len(got), len(text))
		}
	}
	all := texts()
	for name, text := range all {
		check(name, text)
		check(name+", in little windows", text, library.WithWindowSize(1<<10))
	}
	for level := library.SpeedFastest; level <= library.SpeedBestCompression; level++ {
		check(level.String(), all["mixed"], library.WithEncoderLevel(level))
	}
	check("two windows long", slices.Concat(all["log"], all["mixed"], all["log"]),
		library.WithWindowSize(1<<18))
}

func TestFramesStandOneBehindTheOther(t *testing.T) {
	t.Parallel()
	skipped := []byte{0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'x', 'y', 'z'}
	in := bytes.Join([][]byte{
		packed(t, []byte("one ")), skipped, packed(t, nil), packed(t, []byte("two")), skipped,
	}, nil)
	if got, err := unpacked(in); err != nil || string(got) != "one two" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestWhatIsCutOffGivesTheBlocksBefore(t *testing.T) {
	t.Parallel()
	text := texts()["log"]
	in := packed(t, text)
	for _, n := range []int{1, 4, 5, 9, len(in) / 2, len(in) - 5, len(in) - 1} {
		got, err := unpacked(in[:n])
		if !errors.Is(err, io.ErrUnexpectedEOF) || !bytes.HasPrefix(text, got) {
			t.Errorf("%d of %d bytes: %d bytes, %v", n, len(in), len(got), err)
		}
	}
	if got, _ := unpacked(in[:len(in)/2]); len(got) < len(text)/4 {
		t.Errorf("half of the input gave only %d of %d bytes", len(got), len(text))
	}
}

func TestWhatCanNotBeReadIsSaid(t *testing.T) {
	t.Parallel()
	in := packed(t, texts()["few"])
	altered := bytes.Clone(in)
	altered[len(in)-1]++
	dictionary := packed(t, []byte("x"))
	dictionary = append([]byte{
		dictionary[0], dictionary[1], dictionary[2], dictionary[3],
		1<<5 | 1, 7, 1,
	}, 1|1<<3, 0, 0, 'x')
	for _, c := range []struct {
		name, want string
		in         []byte
	}{
		{"a wrong checksum", "checksum", altered},
		{"a dictionary", "needs the dictionary 7", dictionary},
		{
			"a larger window", "takes 16777216 bytes of memory, and the limit is 8388608",
			packed(t, texts()["log"], library.WithWindowSize(2*window)),
		},
		{"something behind the frame", "damaged", append(bytes.Clone(in), "more"...)},
		{"the start of another format", "damaged", []byte("PK\x03\x04 and more")},
	} {
		if _, err := unpacked(c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// What zstd 1.5.4 refuses too.
func TestBlocksThatNoProgramWritesAreRefused(t *testing.T) {
	t.Parallel()
	frame := func(window byte, kind, size int, block ...byte) []byte {
		h := size<<3 | kind<<1 | 1
		start := []byte{0x28, 0xb5, 0x2f, 0xfd, 0, window, byte(h), byte(h >> 8), byte(h >> 16)}
		return append(start, block...)
	}
	const raw, repeated, compressed = 0, 1, 2
	const window1K, window8K, most = 0, 3 << 3, 1 << 10
	literals := []byte{0x0d, 0x80, 0, 'a', 0} // 2048 times one byte, and no sequence
	for _, c := range []struct {
		name string
		in   []byte
		want int // bytes; -1 where it is refused
	}{
		{"a window of one byte again and again", frame(window1K, repeated, most, 'a'), most},
		{"more than a window of one byte", frame(window1K, repeated, most+1, 'a'), -1},
		{"more than a window as it is", frame(window1K, raw, most+1, make([]byte, most+1)...), -1},
		{"literals of more than a window", frame(window1K, compressed, 5, literals...), -1},
		{"the same in a larger window", frame(window8K, compressed, 5, literals...), 2 * most},
	} {
		got, err := unpacked(c.in)
		if refused := c.want < 0; refused != (err != nil) || !refused && len(got) != c.want {
			t.Errorf("%s: %d bytes, %v", c.name, len(got), err)
		}
	}
	ones := []byte{129, 0x20} // two weights, none of them 1: two codes of one bit are made of it
	if table, _, err := readHuffman(ones); err == nil {
		t.Errorf("no code has the longest length, and the table is %v", table)
	}
}

// The table of one of many symbols is refused before the symbols take memory.
func TestATableOfTooManySymbolsIsRefusedAtOnce(t *testing.T) {
	in := bytes.Repeat([]byte{0xff}, maxBlock)
	in[0], in[1] = 0x10, 0xfe // of 32 rows the first symbol has none, nor have those behind it
	n := testing.AllocsPerRun(1, func() {
		if _, _, err := readFSE(in, 36, 9); err == nil {
			t.Error("it is read")
		}
	})
	if n > 20 {
		t.Errorf("%v allocations", n)
	}
}

// Altered bytes are refused, or they stand for what the library says.
func TestAlteredBytesAreReadAsTheLibraryReadsThem(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	all := texts()
	for _, name := range []string{"short", "few", "log"} {
		text := all[name]
		in := packed(t, text[:min(len(text), 20_000)], library.WithEncoderCRC(false))
		for range alterations {
			altered := bytes.Clone(in)
			for range 1 + r.IntN(3) {
				altered[r.IntN(len(altered))] ^= byte(1 << r.IntN(8))
			}
			checkAgainstLibrary(t, altered)
		}
	}
}

func checkAgainstLibrary(t *testing.T, in []byte) {
	t.Helper()
	got, err := unpacked(in)
	want, wantErr := unpackedByLibrary(t, in)
	if err == nil && wantErr == nil && !bytes.Equal(got, want) {
		t.Errorf("%x: %d bytes, the library has %d others", in, len(got), len(want))
	}
	if (err == nil) != (wantErr == nil) {
		t.Errorf("%x: %v, the library says %v", in, err, wantErr)
	}
}

func unpackedByLibrary(t *testing.T, in []byte) ([]byte, error) {
	t.Helper()
	d, err := library.NewReader(bytes.NewReader(in), library.WithDecoderConcurrency(1),
		library.WithDecoderLowmem(true), library.WithDecoderMaxWindow(window))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	return io.ReadAll(d)
}

// FuzzReader asks for what the library reads. It refuses a few tables that zstd itself and this
// reader take.
func FuzzReader(f *testing.F) {
	for _, text := range texts() {
		f.Add(packed(f, text[:min(len(text), 5_000)], library.WithEncoderCRC(false)))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		want, wantErr := unpackedByLibrary(t, in)
		got, err := unpacked(in)
		if wantErr == nil && (err != nil || !bytes.Equal(got, want)) {
			t.Errorf("%x: %d bytes and %v, the library has %d", in, len(got), err, len(want))
		}
	})
}

func BenchmarkReader(b *testing.B) {
	text := texts()["log"]
	in := packed(b, text)
	for name, read := range map[string]func() (int64, error){
		"this": func() (int64, error) {
			return io.Copy(io.Discard, NewReader(bytes.NewReader(in), window))
		},
		"library": func() (int64, error) {
			d, err := library.NewReader(bytes.NewReader(in), library.WithDecoderConcurrency(1))
			if err != nil {
				return 0, err
			}
			defer d.Close()
			return io.Copy(io.Discard, d)
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if n, err := read(); err != nil || n != int64(len(text)) {
					b.Fatal(n, err)
				}
			}
		})
	}
}
