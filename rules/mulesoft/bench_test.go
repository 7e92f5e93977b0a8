package mulesoft

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// BenchmarkThousandFiles reads and compiles 1,000 files of about 2 KiB each, half of them API
// Manager's JSON and half Flex Gateway's YAML. One operation is all of them.
func BenchmarkThousandFiles(b *testing.B) {
	const files = 1000
	padding := strings.Repeat(" ", 1000)
	texts := make([][]byte, files)
	names := make([]string, files)
	size := 0
	for i := range texts {
		names[i], texts[i] = fmt.Sprintf("%d.json", i), []byte(inEnvelope+padding)
		if i%2 == 1 {
			names[i], texts[i] = fmt.Sprintf("%d.yaml", i), []byte(flexYAML+"#"+padding)
		}
		size += len(texts[i])
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for i, text := range texts {
			file, err := source.Read(names[i], text)
			if err != nil {
				b.Fatal(err)
			}
			c, err := new(parsedTexts).read([]*source.File{file}, rules.Options{})
			if err != nil {
				b.Fatal(err)
			}
			compile(answerOf, c)
		}
	}
}
