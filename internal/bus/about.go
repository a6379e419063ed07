package bus

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// about is what a log's folder says of the log, written once before its first batch.
type about struct {
	Version    int    `json:"version"`
	Epoch      uint32 `json:"epoch"`
	Partitions int    `json:"partitions"`
}

const (
	aboutFile    = "log.json"
	aboutVersion = 1
)

func readAbout(dir string, partitions int, now func() time.Time) (about, error) {
	name := filepath.Join(dir, aboutFile)
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return makeAbout(dir, name, partitions, now)
	}
	if err != nil {
		return about{}, err
	}
	var a about
	if err := json.Unmarshal(data, &a); err != nil {
		return about{}, fmt.Errorf("%s: %w", name, err)
	}
	if a.Version != aboutVersion || a.Partitions < 1 {
		return about{}, fmt.Errorf("%s: version %d with %d partitions: not a log that this program can read", name, a.Version, a.Partitions)
	}
	if partitions != 0 && partitions != a.Partitions {
		return about{}, fmt.Errorf("the log was made with %d partitions and cannot be opened with %d: the number is fixed when the folder is new", a.Partitions, partitions)
	}
	return a, nil
}

func makeAbout(dir, name string, partitions int, now func() time.Time) (about, error) {
	if _, err := os.Stat(filepath.Join(dir, "jetstream")); err == nil {
		return about{}, fmt.Errorf("%s is missing although the folder holds a log: restore it, or delete the folder to begin anew", name)
	}
	if partitions == 0 {
		partitions = DefaultPartitions
	}
	a := about{Version: aboutVersion, Epoch: uint32(now().Unix()), Partitions: partitions} //nolint:gosec // until 2106
	data, err := json.Marshal(a)
	if err != nil {
		return about{}, err
	}
	return a, writeDurably(dir, name, append(data, '\n'))
}

// writeDurably replaces a file so that after a crash it holds either nothing or everything.
func writeDurably(dir, name string, data []byte) error {
	tmp, err := os.CreateTemp(dir, aboutFile+".*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
