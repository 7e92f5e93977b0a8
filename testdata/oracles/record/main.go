// Command record asks a real gateway with every token, and writes what it answered, or compares it
// with what is recorded.
//
//	record [-write] -version VERSION FOLDER
//	record -probe [-predicted CONFIGURATION] FOLDER
//
// The second form lets gatewhy probe ask. It must say that the program answers as predicted, or,
// with the predictions of another configuration, where it answers otherwise.
//
// Each folder below FOLDER that has requests is a configuration. Its command is run in it with a
// shell; it finds the addresses and files of this run in its environment (see [world.environment])
// and must listen on [gateway]. The tokens are minted when they are sent.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/gatewhy/gatewhy/testdata/oracles/recording"
)

func main() {
	log.SetFlags(0)
	write := flag.Bool("write", false, "write the recordings anew")
	version := flag.String("version", "", "the version of the program")
	probing := flag.Bool("probe", false, "let gatewhy probe ask")
	predicted := flag.String("predicted", "", "the configuration that predictions are of")
	flag.Parse()
	if *probing && flag.NArg() == 1 {
		wrong, err := probe(flag.Arg(0), *predicted)
		if err != nil {
			log.Fatal("record: ", err)
		}
		if wrong > 0 {
			log.Fatalf("record: probe judges %d answers otherwise than they are recorded", wrong)
		}
		return
	}
	if flag.NArg() != 1 || *version == "" {
		log.Fatal("usage: record [-write] -version VERSION FOLDER")
	}
	differences, err := record(flag.Arg(0), *version, *write)
	if err != nil {
		log.Fatal("record: ", err)
	}
	if differences > 0 {
		log.Fatalf("record: %d answers differ from what is recorded", differences)
	}
}

// record asks with each of the configurations of a program, and counts the differences.
func record(folder, version string, write bool) (differences int, err error) {
	configurations, err := filepath.Glob(filepath.Join(folder, "*", recording.RequestsFile))
	if err != nil {
		return 0, err
	}
	if len(configurations) == 0 {
		return 0, fmt.Errorf("%s: no configurations", folder)
	}
	w, err := newWorld()
	if err != nil {
		return 0, err
	}
	defer w.close()
	today := time.Now().UTC().Format(time.DateOnly)
	for _, file := range configurations {
		configuration := filepath.Dir(file)
		now := &recording.Recording{
			Program: filepath.Base(folder), Version: version, Date: today,
		}
		if now.Answers, err = w.answers(configuration); err != nil {
			return 0, fmt.Errorf("%s: %w", configuration, err)
		}
		path := recording.Path(configuration)
		if write {
			if err := now.Write(path); err != nil {
				return 0, err
			}
			fmt.Printf("%s: %d answers written\n", configuration, len(now.Answers))
			continue
		}
		was, err := recording.Read(path)
		if err != nil {
			return 0, err
		}
		changed := was.Differences(now)
		for _, difference := range changed {
			fmt.Fprintln(os.Stderr, difference)
		}
		differences += len(changed)
		fmt.Printf("%s: %d answers, %d differences\n",
			configuration, len(now.Answers), len(changed))
	}
	return differences, nil
}
