package cmd

import (
	"bytes"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/issued"
)

func TestEveryTopicIsListedAndFitsTheTerminal(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("topics/*.txt")
	if err != nil || len(files) != len(topics()) {
		t.Errorf("%d files of %d topics: %v", len(files), len(topics()), err)
	}
	for _, topic := range topics() {
		if n := len(topic.title()); n == 0 || n > 52 {
			t.Errorf("the title of %s has %d columns", topic.name, n)
		}
		for line := range strings.Lines(topicText(topic.name)) {
			if utf8.RuneCountInString(strings.TrimRight(line, "\n")) > 80 {
				t.Errorf("%s: %q", topic.name, line)
			}
		}
		for _, command := range strings.Fields(topic.commands) {
			help, _, code := runIn(t, ".", command, "--help")
			if code != exitOK || !strings.Contains(help, "\ngatewhy help "+topic.name+" ") {
				t.Errorf("the help of %s does not name %s", command, topic.name)
			}
		}
	}
}

// Every line of a topic that is a command has a command and flags that are there.
func TestTheCommandsOfTopicsAreTaken(t *testing.T) {
	t.Parallel()
	env := Env{
		Gateways: everyGateway(),
		Stdin:    strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{},
	}
	commands := 0
	for _, topic := range topics() {
		for line := range strings.Lines(topicText(topic.name)) {
			_, command, ours := strings.Cut(line, "  gatewhy ")
			if !ours {
				continue
			}
			commands++
			command, _, _ = strings.Cut(strings.TrimRight(command, "\n"), "  ")
			words := slices.DeleteFunc(strings.Fields(command),
				func(word string) bool { return word == "…" })
			root := newRoot(&env)
			cmd, rest, err := root.Find(words)
			if err == nil {
				err = cmd.ParseFlags(rest)
			}
			if err == nil {
				err = cmd.ValidateArgs(cmd.Flags().Args())
			}
			if err != nil || cmd == root {
				t.Errorf("%s: %q is refused: %v", topic.name, line, err)
			}
		}
	}
	if commands < 10 {
		t.Errorf("%d commands", commands)
	}
}

// What a topic lists is what there is.
func TestTopicsNameAllThatThereIs(t *testing.T) {
	t.Parallel()
	codes := topicText("exit-codes")
	for _, code := range []int{
		exitOK, exitRejected, exitUsage, exitUndetermined, exitInterrupted,
	} {
		if !strings.Contains(codes, " "+strconv.Itoa(code)+"   ") {
			t.Errorf("exit code %d is not in its topic", code)
		}
	}
	for _, s := range standIns {
		if !slices.Contains(strings.Fields(topicText("defaults")), variableOf(s.flag)) {
			t.Errorf("%s is not in its topic", variableOf(s.flag))
		}
	}
	for _, shape := range issued.Shapes() {
		if !strings.Contains(topicText("tests"), shape) {
			t.Errorf("the shape %s is not in its topic", shape)
		}
	}
	text := topicText("formats")
	for _, last := range []string{"probe", "pull"} { // of the lines that go on in the next one
		text = strings.Replace(text, last+"\n   ", last, 1)
	}
	for _, sub := range newRoot(&Env{Gateways: everyGateway()}).Commands() {
		flag := sub.Flag("output")
		if flag == nil {
			continue
		}
		formats := strings.Join(flag.Value.(*choice).allowed, " ")
		ok := false
		for line := range strings.Lines(text) {
			names, list, _ := strings.Cut(strings.TrimSpace(line), "  ")
			named := strings.Split(names, ", ")
			ok = ok || slices.Contains(named, sub.Name()) && strings.TrimSpace(list) == formats
		}
		if !ok {
			t.Errorf("the formats of %s are %s", sub.Name(), formats)
		}
	}
}

// yamlOf returns the indented passages of a topic that are YAML.
func yamlOf(topic string) (blocks []string) {
	for block := range strings.SplitSeq(topicText(topic), "\n\n") {
		first, _, _ := strings.Cut(block, "\n")
		key, _, ok := strings.Cut(first, ":")
		if ok && strings.HasPrefix(key, "  ") && !strings.Contains(strings.TrimSpace(key), " ") {
			blocks = append(blocks, block+"\n")
		}
	}
	return blocks
}

func TestTheFilesThatTopicsShowAreRead(t *testing.T) {
	t.Parallel()
	read := func(topic string) *source.File {
		blocks := yamlOf(topic)
		if len(blocks) != 1 {
			t.Fatalf("%s shows %d files", topic, len(blocks))
		}
		file, err := source.Read(topic+".yaml", []byte(blocks[0]))
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	if _, err := environments.Read(read("environments")); err != nil {
		t.Error(err)
	}
	if _, err := environments.ReadSuite(read("tests")); err != nil {
		t.Error(err)
	}
	defaults := read("defaults").Documents[0].Member("defaults")
	if d, err := environments.ReadDefaults(defaults); err != nil || len(d.Policies) != 1 {
		t.Error(d, err)
	}
}
