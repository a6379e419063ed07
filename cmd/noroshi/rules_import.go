package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/noroshi-soc/noroshi/internal/rule"
	"github.com/noroshi-soc/noroshi/sigma"
)

// importOptions are the flags of `noroshi rules import`.
type importOptions struct {
	settings
	filter        ruleFilter
	to, format    string
	dryRun, force bool
}

func rulesImportCommand() *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use: "import PATH", Short: "Copy the rules that load, and pass the filters, into a folder of rules", Args: cobra.ExactArgs(1),
		Long: `Copies rule files of a folder, a file or a SigmaHQ zip into the folder of --to, or of the configuration's rules.path, and keeps their folders.
A file of which something is refused is left out and told; so is one without a document that passes the filters. To import again is
to update: what is the same stays, what was imported before and not edited since is replaced, and what people have edited is kept
(--force replaces it too). Files appear whole or not at all. A running server takes the rules with ` + "`noroshi rules reload`" + `.`,
		RunE: func(cmd *cobra.Command, args []string) error { return runImport(cmd, args[0], o) },
	}
	o.filter.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.to, "to", "", "folder to import into (default: the configuration's rules.path)")
	f.StringVar(&o.file, "config", os.Getenv("NOROSHI_CONFIG"), "configuration file (YAML), read where --to is not given; also NOROSHI_CONFIG")
	f.StringVar(&o.format, "format", "table", "table, or json: one object a line, the summary last")
	completeFlag(cmd, "format", "table", "json")
	f.BoolVar(&o.dryRun, "dry-run", false, "change nothing, only tell what would be done")
	f.BoolVar(&o.force, "force", false, "replace files that were edited since they were imported, or that were not imported, too")
	return cmd
}

func runImport(cmd *cobra.Command, from string, o importOptions) error {
	if err := oneOf("format", o.format, "table", "json"); err != nil {
		return err
	}
	if err := o.filter.check(); err != nil {
		return err
	}
	if err := o.target(); err != nil {
		return err
	}
	files, err := rule.Read(from)
	if err != nil {
		return err
	}
	i := &importer{to: o.to, filter: &o.filter, dryRun: o.dryRun, force: o.force}
	if err := i.run(files); err != nil {
		return err
	}
	return i.print(cmd.OutOrStdout(), o.format)
}

// target finds the folder to import into.
func (o *importOptions) target() error {
	if o.to == "" {
		c, err := o.load()
		if err != nil {
			return err
		}
		if o.to = c.Rules.Path; o.to == "" {
			return errors.New("--to FOLDER is missing, and the configuration has no rules.path")
		}
	}
	if info, err := os.Stat(o.to); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is no folder: rules can only be imported into one", o.to)
	}
	return nil
}

// importer copies rule files.
type importer struct {
	to            string
	filter        *ruleFilter
	dryRun, force bool
	known         map[string]string // name → hash of what was imported
	done          []imported
}

// imported is what became of one file.
type imported struct {
	Kind   string `json:"kind"` // added, updated, unchanged, edited, refused, skipped
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Reason string `json:"reason,omitempty"`
	Rules  int    `json:"rules,omitempty"`
}

// importList is where an importer remembers what it wrote; names with a dot are no rule files.
const importList = ".noroshi-imported.json"

func (i *importer) run(files rule.Files) error {
	i.known = map[string]string{}
	data, err := os.ReadFile(filepath.Join(i.to, importList))
	switch {
	case err == nil:
		if err := json.Unmarshal(data, &i.known); err != nil {
			return fmt.Errorf("%s: %w: remove it to begin anew", filepath.Join(i.to, importList), err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("import rules: %w", err)
	}
	before := maps.Clone(i.known)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := i.file(name, files[name]); err != nil {
			return fmt.Errorf("import %s: %w", name, err)
		}
	}
	if i.dryRun || maps.Equal(before, i.known) {
		return nil
	}
	list, err := json.MarshalIndent(i.known, "", " ")
	if err != nil {
		return fmt.Errorf("import rules: %w", err)
	}
	return writeWhole(filepath.Join(i.to, importList), list)
}

func (i *importer) tell(kind, name, reason string, rules int) {
	i.done = append(i.done, imported{Kind: kind, File: name, Reason: reason, Rules: rules})
}

func (i *importer) file(name string, data []byte) error {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		i.tell("refused", name, "the name leads out of the folder", 0)
		return nil
	}
	read := sigma.Parse(name, data)
	values := path.Base(name) == rule.ValuesFile
	if values {
		_, read.Problems = sigma.ParseValues(name, data)
	}
	if len(read.Problems) > 0 {
		p := read.Problems[0]
		i.done = append(i.done, imported{Kind: "refused", File: name, Line: p.Line, Reason: strings.TrimPrefix(p.Field+": "+p.Reason, ": ")})
		return nil
	}
	rules := i.kept(read)
	if rules == 0 && !values {
		i.tell("skipped", name, "", 0)
		return nil
	}
	to := filepath.Join(i.to, filepath.FromSlash(name))
	there, err := os.ReadFile(to)
	kind := "added"
	switch {
	case err == nil && bytes.Equal(there, data):
		i.known[name] = hashOf(data)
		i.tell("unchanged", name, "", rules)
		return nil
	case err == nil && i.known[name] != hashOf(there) && !i.force:
		reason := "edited since it was imported"
		if i.known[name] == "" {
			reason = "there is another file of this name that was not imported"
		}
		i.tell("edited", name, reason, rules)
		return nil
	case err == nil:
		kind = "updated"
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if !i.dryRun {
		if err := writeWhole(to, data); err != nil {
			return err
		}
	}
	i.known[name] = hashOf(data)
	i.tell(kind, name, "", rules)
	return nil
}

// kept counts the documents of a file that pass the filters.
func (i *importer) kept(read *sigma.Collection) (n int) {
	for _, r := range read.Rules {
		if i.filter.keeps(&r.Meta, r.LogSource) {
			n++
		}
	}
	for _, c := range read.Correlations {
		if i.filter.keeps(&c.Meta, sigma.LogSource{}) {
			n++
		}
	}
	for _, f := range read.Filters {
		if i.filter.level == "" && i.filter.keeps(&f.Meta, f.LogSource) {
			n++
		}
	}
	return n
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// writeWhole puts a file in its place when it is whole on the disk.
func writeWhole(name string, data []byte) (err error) {
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // rules are no secret
		return err
	}
	f, err := os.CreateTemp(dir, ".noroshi-import-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // the error says enough
		}
	}()
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func (i *importer) print(w io.Writer, format string) error {
	count := map[string]int{}
	for _, d := range i.done {
		count[d.Kind]++
	}
	kinds := []string{"added", "updated", "unchanged", "edited", "refused", "skipped"}
	if format == "json" {
		enc := jsonLines(w)
		for _, d := range i.done {
			if err := enc.Encode(d); err != nil {
				return err
			}
		}
		sum := map[string]any{"kind": "summary", "dry_run": i.dryRun}
		for _, kind := range kinds {
			sum[kind] = count[kind]
		}
		return enc.Encode(sum)
	}
	var b strings.Builder
	for _, d := range i.done {
		switch {
		case d.Kind == "unchanged" || d.Kind == "skipped":
		case d.Line > 0:
			fmt.Fprintf(&b, "%-9s %s:%d %s\n", d.Kind, d.File, d.Line, printable(d.Reason))
		case d.Reason != "":
			fmt.Fprintf(&b, "%-9s %s %s\n", d.Kind, d.File, printable(d.Reason))
		default:
			fmt.Fprintf(&b, "%-9s %s\n", d.Kind, d.File)
		}
	}
	for n, kind := range kinds {
		if n > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%d %s", count[kind], kind)
	}
	if i.dryRun {
		b.WriteString(" (nothing was changed: --dry-run)")
	}
	b.WriteString("\n")
	_, err := io.WriteString(w, b.String())
	return err
}
