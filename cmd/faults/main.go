// Command faults shows that the tests can fail: it puts one fault after another into the code and runs the test that guards it.
//
// What enters: a list of faults (.ci/faults.yml): a file, a text in it, what stands there instead, and the test that must turn red.
// What leaves: a line for each fault; exit code 1 when a fault passes unnoticed, or is not in the code any more.
// What it never does: touch the working tree; the go command is given the faulty file as an overlay.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
)

// fault is one guarantee broken on purpose.
type fault struct {
	Name string `yaml:"name"` // the guarantee, in words
	File string `yaml:"file"`
	Old  string `yaml:"old"` // stands exactly once in the file
	New  string `yaml:"new"`
	Test string `yaml:"test"` // package and test, "./internal/alert TestTracker"
}

func main() {
	if err := run(".ci/faults.yml", os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

func run(list string, only []string) error {
	data, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	var faults []fault
	if err := yaml.UnmarshalWithOptions(data, &faults, yaml.Strict()); err != nil {
		return fmt.Errorf("%s: %w", list, err)
	}
	unnoticed, tried := 0, 0
	for _, f := range faults {
		if len(only) > 0 && !strings.Contains(f.Name, only[0]) {
			continue
		}
		tried++
		if err := f.try(); err != nil {
			unnoticed++
			fmt.Printf("UNNOTICED  %s: %v\n", f.Name, err)
			continue
		}
		fmt.Printf("red        %s (%s)\n", f.Name, f.Test)
	}
	fmt.Printf("%d faults, %d turned a test red\n", tried, tried-unnoticed)
	if unnoticed > 0 {
		return fmt.Errorf("%d faults passed unnoticed", unnoticed)
	}
	return nil
}

// try runs the test with the fault in place; nil when it failed as it must.
func (f *fault) try() error {
	whole, err := os.ReadFile(f.File)
	if err != nil {
		return err
	}
	if n := strings.Count(string(whole), f.Old); n != 1 {
		return fmt.Errorf("%s: the text stands there %d times, not once", f.File, n)
	}
	dir, err := os.MkdirTemp("", "noroshi-fault")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	overlay, err := f.overlay(dir, strings.Replace(string(whole), f.Old, f.New, 1))
	if err != nil {
		return err
	}
	pkg, test, ok := strings.Cut(f.Test, " ")
	if !ok {
		return fmt.Errorf("test %q: want a package and a test", f.Test)
	}
	return red(exec.Command("go", "test", "-overlay", overlay, "-count=1", "-timeout=5m", "-run", "^"+test+"$", pkg))
}

func (f *fault) overlay(dir, faulty string) (string, error) {
	real, err := filepath.Abs(f.File)
	if err != nil {
		return "", err
	}
	replaced := filepath.Join(dir, filepath.Base(f.File))
	if err := os.WriteFile(replaced, []byte(faulty), 0o600); err != nil {
		return "", err
	}
	data, err := json.Marshal(map[string]map[string]string{"Replace": {real: replaced}})
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "overlay.json")
	return name, os.WriteFile(name, data, 0o600)
}

// red wants the test to run and to fail; a fault that does not compile shows nothing.
func red(cmd *exec.Cmd) error {
	out, err := cmd.CombinedOutput()
	text := string(out)
	var exit *exec.ExitError
	switch {
	case err == nil && strings.Contains(text, "no tests to run"):
		return errors.New("there is no such test")
	case err == nil:
		return errors.New("the test passes with the fault in place")
	case !errors.As(err, &exit):
		return err
	case strings.Contains(text, "[build failed]") || strings.Contains(text, "[setup failed]"):
		return fmt.Errorf("the fault does not compile: %s", text)
	default:
		return nil
	}
}
